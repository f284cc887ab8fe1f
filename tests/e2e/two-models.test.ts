/** A specialist and a base model, both scripted, through the compiled binary: played, shown, killed, resumed, replayed. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { missing, Sandbox, titled } from "./automem.ts";
import { actorScript, keeperScript } from "./courier-script.ts";

const reason = missing("courier");
const minute = 60_000;

interface Overview {
  id: string;
  episodes: { key: string; record?: string; progress: number }[];
  record: { model: { name: string }; specialist?: { model: { name: string } } };
}

describe.skipIf(reason !== undefined)(titled("two models", reason), () => {
  let box: Sandbox;
  let words: string[];
  let keeper: string;

  beforeEach(async () => {
    box = await Sandbox.make({ prepared: true });
    keeper = await box.write("keeper.json", keeperScript());
    const actor = await box.write("actor.json", actorScript());
    words = ["run", "courier", "--task", "tiny", "--model", `scripted:${actor}`, "--seeds", "3,4"];
    words.push("--specialist-model", `scripted:${keeper}`);
  });
  afterEach(() => box.remove());

  const overview = async (run = "last"): Promise<Overview> =>
    JSON.parse((await box.run("show", run, "--json")).stdout) as Overview;
  const callsOf = async (name: "keeper" | "actor") =>
    (await Bun.file(`${box.folder}/${name}.jsonl`).text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { phase: string; lastMessage: string; reply: string });

  test(
    "play courier together: one keeps the memory, the other acts on what it is told",
    async () => {
      expect((await box.run(...words)).exitCode).toBe(0);
      const { record, episodes } = await overview();
      expect(record.model.name).toContain("actor.json");
      expect(record.specialist?.model.name).toContain("keeper.json");
      // Neither could have: the actor has no rule for LOG and looks nothing up, the keeper never says a word at a door.
      for (const { progress } of episodes) expect(progress).toBeGreaterThan(0.5);
      const acted = await callsOf("actor");
      expect(new Set(acted.map(({ phase }) => phase))).toEqual(new Set(["plan"]));
      expect(acted.some(({ lastMessage }) => lastMessage.includes("ACTION|>walk"))).toBe(false);
      expect(new Set((await callsOf("keeper")).map(({ phase }) => phase))).toEqual(new Set(["log", "plan"]));

      const shown = (await box.run("show", "last")).stdout;
      expect(shown).toMatch(/specialist +scripted:.*keeper\.json/);
      expect(shown).toMatch(/specialist: +\d+ calls/);
      const step = (await box.run("show", "last/tiny-s3", "--step", "8")).stdout;
      for (const title of ["LOG call 1: specialist", "PLAN call 1: specialist", "PLAN call 2: base"])
        expect(step).toContain(title);
      expect(step).toContain("of which the base model sees>");
      const replayed = await box.run("scaffold", "replay", "base", "last");
      const table = `${box.folder}/episodes.csv`;
      expect((await box.run("export", "last", "--format", "csv", "--table", "episodes", "--out", table)).exitCode).toBe(
        0,
      );
      expect((await Bun.file(table).text()).match(/keeper\.json/g)?.length).toBe(2);
      const log = await box.run("export", "last", "--format", "inspect", "--out", `${box.folder}/run.eval`);
      expect(log.exitCode).toBe(0);
      expect(replayed.stdout.match(/Nothing differs\./g)?.length).toBe(2);
    },
    minute,
  );

  test(
    "killed and resumed, they leave the records of a run that was never interrupted; other models are refused",
    async () => {
      await box.run(...words);
      const whole = await overview();
      const child = box.start([...words, "--json"]);
      const reader = child.stdout.getReader();
      let said = "";
      while ((said.match(/"kind":"step-end"/g) ?? []).length < 4) {
        const { value, done } = await reader.read();
        if (done) break;
        said += new TextDecoder().decode(value);
      }
      child.kill("SIGKILL");
      await child.exited;
      const { id } = await overview();
      expect(id).not.toBe(whole.id);

      const script = await Bun.file(keeper).text();
      await Bun.write(keeper, script.replace("Nothing to look up.", "Nothing."));
      const refused = await box.run("resume", id);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain("specialist weights was");

      await Bun.write(keeper, script);
      expect((await box.run("resume", id)).exitCode).toBe(0);
      const resumed = await overview(id);
      expect(resumed.episodes.map(({ record }) => record)).toEqual(whole.episodes.map(({ record }) => record));
    },
    2 * minute,
  );
});
