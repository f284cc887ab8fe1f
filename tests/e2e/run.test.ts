/** Runs with the compiled binary, courier and the scripted model: record, show, kill, resume, stop, fail. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { missing, Sandbox, titled } from "./automem.ts";

const reason = missing("courier");
const minute = 60_000;

/** Writes one line each LOG, walks on each PLAN. */
const steady = {
  schema: "automem.script/1",
  rules: [
    { phase: "log", turn: 0, reply: "<|APPEND|>notes.txt|something was said<|END|><|DONE|>", cycle: true },
    { phase: "plan", turn: 0, reply: "<|TAIL|>notes.txt|3<|END|>", cycle: true },
    { phase: "plan", turn: 1, reply: "<|ACTION|>walk<|END|>", cycle: true },
  ],
};

interface Overview {
  id: string;
  episodes: { key: string; status: string; record?: string; steps: number; failure?: { code: string } }[];
  progression: { count: number; missing: number };
}

describe.skipIf(reason !== undefined)(titled("a run", reason), () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await Sandbox.make({ prepared: true });
  });
  afterEach(() => box.remove());

  const overview = async (run = "last"): Promise<Overview> =>
    JSON.parse((await box.run("show", run, "--json")).stdout) as Overview;

  test(
    "is recorded and can be looked at from every side",
    async () => {
      const script = await box.write("steady.json", steady);
      const played = await box.run(
        "run",
        "courier",
        "--task",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "7,8",
        "--steps",
        "6",
      );
      expect(played.stderr).not.toContain("bug");
      expect(played.stdout).toContain("2 of 2 episodes finished");
      expect(played.exitCode).toBe(0);

      const [run] = JSON.parse((await box.run("list", "--json")).stdout);
      expect(run).toMatchObject({ game: "courier", planned: 2, finished: 2, failed: 0 });
      expect((await box.run("list")).stdout).toContain("complete");

      const seen = await overview();
      expect(seen.episodes.map(({ status }) => status)).toEqual(["finished", "finished"]);
      const name = `last/${seen.episodes[0]?.key}`;
      expect((await box.run("show", name)).stdout).toContain("write:search");
      expect((await box.run("show", name, "--steps")).stdout.split("\n").length).toBeGreaterThanOrEqual(7);
      const step = (await box.run("show", name, "--step", "2")).stdout;
      expect(step).toContain("LOG call 1");
      expect(step).toContain("something was said");
      expect(step).toContain("walk");
      const memory = (await box.run("show", name, "--memory", "2")).stdout;
      expect(memory.match(/something was said/g)?.length).toBe(2);
      const beyond = await box.run("show", name, "--step", "99");
      expect(beyond.stderr).toContain("no step 99");
      expect(beyond.exitCode).toBe(2);
    },
    minute,
  );

  test(
    "a task or option that the game refuses ends with 2, and nothing is recorded",
    async () => {
      const script = await box.write("steady.json", steady);
      for (const wrong of [
        ["--task", "nowhere"],
        ["--game-option", "fcats=3"],
      ]) {
        const { exitCode, stderr } = await box.run("run", "courier", ...wrong, "--model", `scripted:${script}`);
        expect(stderr).toMatch(/unknown (task|option)/);
        expect(exitCode).toBe(2);
      }
      expect(JSON.parse((await box.run("list", "--json")).stdout)).toEqual([]);
    },
    minute,
  );

  test(
    "with --json prints events as JSON lines and the summary last",
    async () => {
      const script = await box.write("steady.json", steady);
      const { stdout } = await box.run(
        "run",
        "courier",
        "--task",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "7",
        "--steps",
        "3",
        "--json",
      );
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { kind: string });
      expect(events[0]?.kind).toBe("run-start");
      expect(events.filter(({ kind }) => kind === "step-end").length).toBe(3);
      expect(events.at(-1)?.kind).toBe("run-end");
    },
    minute,
  );

  test(
    "killed at several moments and resumed, it ends as one that was never interrupted, and asks the model nothing twice",
    async () => {
      const logged = { ...steady, log: "calls.jsonl" };
      const script = await box.write("steady.json", logged);
      const words = [
        "run",
        "courier",
        "--task",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "3,4",
        "--parallel",
        "2",
        "--steps",
        "12",
        "--json",
      ];
      await box.run(...words);
      const whole = await overview();
      const calls = async () => (await Bun.file(`${box.folder}/calls.jsonl`).text()).trim().split("\n").length;
      const callsOfWhole = await calls();
      await Bun.write(`${box.folder}/calls.jsonl`, "");

      const child = box.start(words);
      await killAfterSteps(child, 5);
      const id = (await overview()).id;
      expect(id).not.toBe(whole.id);
      for (const steps of [3, 4]) await killAfterSteps(box.start(["resume", id, "--json"]), steps);
      const last = await box.run("resume", id);
      expect(last.exitCode).toBe(0);

      const resumed = await overview(id);
      expect(resumed.episodes.map(({ record }) => record)).toEqual(whole.episodes.map(({ record }) => record));
      // A call that was answered but not yet on disk when the process died is asked again: at most one for each worker and kill.
      expect(await calls()).toBeLessThanOrEqual(callsOfWhole + 3 * 2);
      expect(await calls()).toBeGreaterThanOrEqual(callsOfWhole);
    },
    2 * minute,
  );

  test(
    "Ctrl-C stops it cleanly, says how to go on, and ends with 130",
    async () => {
      const script = await box.write("slow.json", {
        ...steady,
        rules: steady.rules.map((rule) => ({ ...rule, delayMs: 30 })),
      });
      const child = box.start(["run", "courier", "--task", "long", "--model", `scripted:${script}`, "--seeds", "3"]);
      const reader = child.stderr.getReader();
      let said = "";
      while (!said.includes("episodes to play")) {
        const { value, done } = await reader.read();
        if (done) break;
        said += new TextDecoder().decode(value);
      }
      child.kill("SIGINT");
      const stdout = await new Response(child.stdout).text();
      expect(await child.exited).toBe(130);
      expect(stdout).toContain("automem resume courier-");
      expect(stdout).toContain("1 missing");
    },
    minute,
  );

  test(
    "a model that fails leaves the episode owed, its siblings go on, and the exit code says so",
    async () => {
      const failing = {
        schema: "automem.script/1",
        rules: [
          { episode: "tiny-s4", phase: "plan", step: 2, fault: { code: "server-error", message: "out of order" } },
          ...steady.rules,
        ],
      };
      const script = await box.write("failing.json", failing);
      const { exitCode, stdout } = await box.run(
        "run",
        "courier",
        "--task",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "3,4,5",
        "--steps",
        "5",
      );
      expect(exitCode).toBe(1);
      expect(stdout).toContain("2 of 3 episodes finished");
      expect(stdout).toContain("1 missing");
      expect(stdout).toContain("out of order");
      const { episodes, progression } = await overview();
      expect(episodes.map(({ status }) => status)).toEqual(["finished", "failed", "finished"]);
      expect(progression).toMatchObject({ count: 2, missing: 1 });
    },
    minute,
  );

  test(
    "a second process is told who plays the run",
    async () => {
      const script = await box.write("slow.json", {
        ...steady,
        rules: steady.rules.map((rule) => ({ ...rule, delayMs: 200 })),
      });
      const child = box.start([
        "run",
        "courier",
        "--task",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "3",
        "--json",
      ]);
      const reader = child.stdout.getReader();
      let said = "";
      while (!said.includes('"step-end"')) said += new TextDecoder().decode((await reader.read()).value);
      const second = await box.run("resume", "last");
      expect(second.exitCode).toBe(1);
      expect(second.stderr).toContain(String(child.pid));
      child.kill("SIGKILL");
      await child.exited;
    },
    minute,
  );
});

/** Kills a run once it has told of `steps` steps that were really played (or lets it end). */
async function killAfterSteps(child: Bun.Subprocess<"ignore", "pipe", "pipe">, steps: number): Promise<void> {
  const reader = child.stdout.getReader();
  let said = "";
  while ((said.match(/"kind":"step-end"[^\n]*"replayed":false/g) ?? []).length < steps) {
    const { value, done } = await reader.read();
    if (done) break;
    said += new TextDecoder().decode(value);
  }
  child.kill("SIGKILL");
  await child.exited;
}
