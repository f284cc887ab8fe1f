/**
 * A campaign of `train` with the compiled binary, courier, a scripted model that takes adapters, and a trainer that learns nothing: killed in each
 * stage, resumed, accepted, looked at, used. What an adapter does is the script's: one of rank 8 keeps the memory.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { finished, missing, preparedHome, Sandbox, titled } from "./automem.ts";
import { adaptedScript, rememberingScript } from "./courier-script.ts";

const absent = missing("courier");
const apprentice = join(import.meta.dir, "..", "fixtures", "plugins", "apprentice");
const minute = 60_000;

interface Trial {
  key: string;
  record?: string;
  outcome: string;
  dataset?: { hash: string; lines: number };
  configurations: { key: string; adapter?: string; selectMean?: number; failure?: { code: string } }[];
  tests: { against: string; decision: string }[];
}

interface Overview {
  id: string;
  state: string;
  accepted: string[];
  adapter?: string;
  trials: Trial[];
  spent: { episodes: number };
  report?: { base: number; specialist: number };
  memory?: { base: { writes: number }; specialist: { writes: number } };
  record: { specialist?: string };
}

describe.skipIf(absent !== undefined)(titled("train with a made-up trainer", absent), () => {
  let trainers: Sandbox;
  let box: Sandbox;

  beforeAll(async () => {
    trainers = await Sandbox.make();
    expect((await trainers.run("plugin", "add", apprentice)).exitCode).toBe(0);
  }, minute);
  afterAll(() => trainers.remove());

  beforeEach(async () => {
    box = await Sandbox.make();
    await mkdir(join(box.home, "plugins"));
    await symlink(join(preparedHome!, "plugins", "courier"), join(box.home, "plugins", "courier"));
    await symlink(join(trainers.home, "plugins", "apprentice"), join(box.home, "plugins", "apprentice"));
  });
  afterEach(() => box.remove());

  const words = async (...more: string[]): Promise<string[]> => {
    const script = await box.write("adapted.json", adaptedScript());
    const recipe = await box.write("recipe.toml", "maxSteps = 300\nrank = 8\n");
    const game = ["train", "courier", "--task", "tiny", "--model", `scripted:${script}`, "--base", script];
    const size = ["--episodes", "3", "--select-seeds", "2", "--confirm-pairs", "8", "--trials", "2", "--parallel", "2"];
    return [...game, "--trainer", "apprentice", "--recipe", recipe, "--parity-prompts", "0", ...size, ...more];
  };

  const overviewOf = async (name: string): Promise<Overview> =>
    JSON.parse((await box.run("show", name, "--json")).stdout) as Overview;

  /** SIGKILL when the campaign tells of something like that; fails if it ends before. */
  const killAt = async (said: readonly string[], pattern: RegExp) => {
    const child = box.start([...said, "--json"]);
    let heard = "";
    const decoder = new TextDecoder();
    let found = false;
    for await (const chunk of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      heard += decoder.decode(chunk, { stream: true });
      found = pattern.test(heard);
      if (found) break;
    }
    child.kill("SIGKILL");
    await child.exited;
    expect(found ? "" : `${pattern} not in ${heard.slice(-2000)}`).toBe("");
  };

  test(
    "a gain is confirmed and reported; killed in each stage and resumed, a second campaign comes to the same records",
    async () => {
      const campaign = await words();
      const dry = await box.run(...campaign, "--dry-run");
      expect(dry.stdout).toContain("Forecast: 5 to");
      expect(dry.stdout).toContain("up to 4 trainings");

      const whole = await box.run(...campaign);
      expect(whole.stderr).toContain("300 steps, loss 0.003");
      expect(whole.stderr).not.toContain("bug");
      expect(whole.exitCode).toBe(0);
      expect(whole.stdout).toContain("ACCEPTED");
      expect(whole.stdout).toContain("Memory on the confirm seeds, before and after (t1)");
      expect(whole.stdout).toContain("Report seeds, opened once");
      const first = await overviewOf("last");
      expect(first.accepted).toEqual(["t1"]);
      expect(first.trials.map(({ outcome }) => outcome)).toEqual(["accepted", "rejected-on-select"]);
      expect(first.report!.specialist - first.report!.base).toBeGreaterThan(0.3);
      expect(first.memory!.base.writes).toBe(0);
      expect(first.memory!.specialist.writes).toBeGreaterThan(0);

      const inPlay = (phase: string) => new RegExp(`"phase":"${phase}"[^\\n]*"kind":"episode-end"`);
      await killAt(campaign, inPlay("collect"));
      const id = ((await box.run("list", "--campaigns", "--json")).stdout.match(/courier-train-[\w-]+/g) ?? []).find(
        (name) => name !== first.id,
      )!;
      const resume = ["resume", id];
      await killAt(resume, /"kind":"decided"/);
      await killAt(resume, /"kind":"training-progress"[^\n]*"step":\d\d/);
      await killAt(resume, /"key":"t1.1"[^\n]*"phase":"select"|"phase":"select","key":"t1.1","event"/);
      await killAt(resume, inPlay("confirm"));
      await killAt(resume, /"kind":"training-progress","key":"t2.2"/);
      await killAt(resume, inPlay("report"));
      const rest = await finished(box.start(resume));
      expect(rest.stderr).not.toContain("bug");
      expect(rest.exitCode).toBe(0);

      const second = await overviewOf(id);
      expect(second.trials.map(({ record }) => record)).toEqual(first.trials.map(({ record }) => record));
      expect(second.adapter).toBe(first.adapter!);
      expect({ ...second.report, otherOpenings: 0 }).toEqual({ ...first.report, otherOpenings: 0 } as never);
      expect(second.spent.episodes).toBe(first.spent.episodes);

      const trial = (await box.run("show", `${id}/t2`)).stdout;
      for (const part of ["Why this", "Data ", "t2.2", "loss 1.000 █"]) expect(trial).toContain(part);
      const listed = (await box.run("list", "--campaigns")).stdout;
      expect(listed).toContain("all-trials-done");
      const next = /automem (run .*--specialist \w+)/.exec(rest.stdout)![1]!.split(" ");
      const used = await box.run(...next, "--task", "tiny", "--seeds", "77");
      expect(used.stdout).toContain("1 of 1 episodes finished, score 100.0 %");
      const checked = await box.run("store", "fsck");
      expect(checked.stdout).toContain("2 campaigns.");
      expect({ exitCode: checked.exitCode, said: checked.stdout.slice(-2000) }).toMatchObject({ exitCode: 0 });
    },
    6 * minute,
  );

  test(
    "a second round learns from what the first one came to, and a campaign can start from a specialist",
    async () => {
      const size = ["--rounds", "2", "--trials", "1", "--report", "never"];
      const done = await box.run(...(await words(...size)));
      expect(done.exitCode).toBe(0);
      const { trials, accepted, adapter } = await overviewOf("last");
      expect(accepted).toEqual(["t1"]);
      const speakers = async ({ dataset }: Trial) => {
        const shown = JSON.parse((await box.run("dataset", "show", dataset!.hash, "--json")).stdout);
        return new Set((shown as { items: { speaker: string }[] }).items.map(({ speaker }) => speaker));
      };
      expect(await speakers(trials[0]!)).toEqual(new Set(["base"]));
      expect(await speakers(trials[1]!)).toContain("specialist");
      const again = await box.run(...(await words("--specialist", adapter!.slice(0, 8), "--trials", "1")));
      expect(again.exitCode).toBe(0);
      const from = await overviewOf("last");
      expect(from.record.specialist).toBe(adapter!);
      expect(from.trials[0]!.outcome).toBe("rejected-on-select");
      expect(from.adapter).toBe(adapter!);
    },
    3 * minute,
  );

  test(
    "a budget halts it with 1, and a larger one goes on; another script is another experiment",
    async () => {
      const campaign = await words("--trials", "1", "--report", "never");
      const halted = await box.run(...campaign, "--budget-episodes", "4");
      expect(halted.exitCode).toBe(1);
      expect(halted.stderr).toContain("The budget of 4 episodes has 1 left");
      const resume = /automem (resume courier-train-\S+)/.exec(halted.stdout)![1]!.split(" ");
      await box.write("adapted.json", adaptedScript(4));
      const changed = await box.run(...resume, "--budget-episodes", "100");
      expect(changed.exitCode).toBe(2);
      expect(changed.stderr).toContain("model weights");
      await words();
      const rest = await box.run(...resume, "--budget-episodes", "100");
      expect(rest.exitCode).toBe(0);
      expect(rest.stdout).toContain("1 accepted");
    },
    2 * minute,
  );

  test(
    "what is missing ends with 2 before anything is recorded",
    async () => {
      const plain = `scripted:${await box.write("plain.json", rememberingScript())}`;
      const campaign = await words();
      const without = (flag: string) =>
        campaign.filter((_, at) => ![campaign.indexOf(flag), campaign.indexOf(flag) + 1].includes(at));
      for (const [line, reason] of [
        [[...campaign, "--model", plain], "takes no adapters"],
        [without("--trainer"), "automem plugin add trl"],
        [without("--base"), "--base PATH"],
        [[...campaign, "--base", "nothing.gguf"], "there is nothing"],
        [[...campaign, "--episodes", "201"], "there are 200"],
        [[...campaign, "--confirm-pairs", "101"], "there are 100"],
        [[...campaign, "--select-seeds", "41"], "has 40"],
        [[...campaign, "--selector", "oracle"], 'no selector "oracle"'],
        [[...campaign, "--decider", "oracle"], 'no decider "oracle"'],
        [[...campaign, "--specialist", "abcd"], 'no adapter "abcd"'],
      ] as const) {
        const wrong = await box.run(...line);
        expect(wrong.stderr).toContain(reason);
        expect(wrong.exitCode).toBe(2);
      }
      expect(JSON.parse((await box.run("list", "--campaigns", "--json")).stdout)).toEqual([]);
    },
    2 * minute,
  );
});
