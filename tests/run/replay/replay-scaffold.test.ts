/** Replay: the scaffold that made a recording shows no difference; another shows where, and nothing is asked of a model or a game. */
import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { replayScaffold } from "../../../src/run/replay/replay-scaffold.ts";
import { replayText } from "../../../src/run/replay/replay-text.ts";
import { overflow } from "../../agent/support.ts";
import { loadHooks } from "../../scaffold/packages.ts";
import { loadBase } from "../../scaffolds/base-package.ts";
import { record } from "./recording.ts";

describe("the scaffold that made the recording", () => {
  test("shows no difference, with rejections, failures of form and calls without an operation", async () => {
    const base = await loadBase();
    const report = await replayScaffold(base, await record(base));
    expect(report.differences).toEqual({});
    expect(report.first).toEqual([]);
    expect(report).toMatchObject({ steps: 12, complete: true, failure: undefined, extraCalls: 0, newlyRefused: 0 });
    expect(report.seededFiles).toEqual({ added: [], removed: [], changed: [] });
    expect(report.prompts.plan.now).toBe(report.prompts.plan.recorded);
    expect(report.work.planPrompt).toBeGreaterThan(1_000);
    expect(replayText(report)).toContain("Nothing differs.");
  });

  test("shows no difference where the context was full in LOG and in PLAN", async () => {
    const base = await loadBase();
    const moves = [
      "<|READ|>a<|END|>",
      overflow(),
      "<|ACTION|>north<|END|>",
      "<|SEARCH|>a|b<|END|>",
      overflow(),
      "<|ACTION|>south<|END|>",
    ];
    const recording = await record(base, { moves, steps: 2 });
    const kinds = recording.all.filter(({ kind }) => kind === "phase-end");
    expect(kinds.map((entry) => (entry.kind === "phase-end" ? entry.reason : ""))).toEqual([
      "action",
      "context-full",
      "action",
    ]);
    expect((await replayScaffold(base, recording)).differences).toEqual({});
  });

  test("shows no difference with hooks that write, operations of its own, rewrites, rejections and random numbers", async () => {
    const scaffold = await loadHooks(`initFiles: () => ({ "status.txt": "", "notes.txt": "seeded\\n" }),
      onReset: () => ({ n: 0 }),
      onObservation(ctx) { ctx.state.n += 1; return { n: ctx.state.n, dice: Math.random() }; },
      operations: [{ name: "NOTE", phases: ["log"], effect: "write", arguments: ["text"], help: "notes",
        run: (ctx, [text]) => ({ text: "noted", writes: [{ file: "own.txt", text }] }) }],
      onOperation: (ctx, { name, arguments: given }) => name === "SEARCH" ? { verdict: "rewrite", operation: { name: "TAIL", arguments: [given[0], "2"] } }
        : given[0] === "secret" ? { verdict: "refuse", text: "not this one" } : { verdict: "allow" },
      afterLog: (ctx) => ctx.memory.write("status.txt", "step " + ctx.stepIndex),
      beforePlan: (ctx) => { if (ctx.stepIndex % 2) ctx.memory.append("status.txt", "!"); },
      validateAction: (ctx, action) => action === "noop" ? "do something" : undefined,
      debug: (ctx) => ctx.state`);
    const moves = ["<|ACTION|>noop<|END|>", "<|ACTION|>north<|END|>"];
    for (let step = 1; step < 6; step++) {
      moves.push(
        "<|NOTE|>hello<|END|><|SEARCH|>notes.txt|x<|END|><|APPEND|>secret|x<|END|>",
        "<|DONE|>",
        "<|ACTION|>noop<|END|>",
      );
      moves.push("<|ACTION|>noop<|END|>", "<|ACTION|>noop<|END|>");
    }
    const report = await replayScaffold(scaffold, await record(scaffold, { moves, steps: 6 }));
    expect(report.differences).toEqual({});
    expect(report.rejections).toEqual({ recorded: 11, now: 11 });
    expect(report.hookWrites.writes).toBe(8);
    expect(report.files.map(({ name }) => name)).toEqual(["notes.txt", "own.txt", "status.txt"]);
  });
});

describe("another scaffold", () => {
  test("shows which prompts, signals, operations and actions differ, with the first of each", async () => {
    const base = await loadBase();
    const recording = await record(base);
    const other = await loadHooks(`initFiles: () => ({ "keys.txt": "" }),
      onOperation: (ctx, op) => op.name === "SEARCH" ? { verdict: "refuse", text: "no searching" } : undefined,
      repairAction: (ctx, raw) => raw.toLowerCase() === "south" ? "noop" : "north"`);
    const report = await replayScaffold(other, recording);
    expect(report).toMatchObject({
      steps: 12,
      complete: true,
      seededFiles: { added: ["keys.txt"], removed: ["notes.txt"], changed: [] },
    });
    expect(report.differences).toMatchObject({
      signals: 12,
      "log-prompt": 11,
      "plan-prompt": 12,
      "log-operations": 11,
      action: 6,
    });
    expect(report.newlyRefused).toBe(11);
    const action = report.first.filter(({ kind }) => kind === "action");
    expect(action).toEqual([
      { stepIndex: 1, kind: "action", recorded: "south", now: "noop" },
      { stepIndex: 3, kind: "action", recorded: "south", now: "noop" },
    ]);
    expect(replayText(report)).toContain("## step 1: action\n@@ -1,1 +1,1 @@\n-south\n+noop");
    expect(replayText(report)).toContain("Seeded files: added keys.txt; removed notes.txt.");
  });

  test("is played on with the recorded action where it asks more than was recorded", async () => {
    const base = await loadBase();
    const recording = await record(base, {
      moves: ["<|ACTION|>north<|END|>", "<|DONE|>", "<|ACTION|>north<|END|>"],
      steps: 2,
    });
    const strict = await loadHooks(`validateAction: () => "never"`);
    const report = await replayScaffold(strict, recording);
    expect(report.rejections).toEqual({ recorded: 0, now: 4 });
    expect(report.extraCalls).toBeGreaterThan(0);
    expect(report.steps).toBe(2);
  });

  test("that fails is told with its hook and step, and what came before stands", async () => {
    const base = await loadBase();
    const failing = await loadHooks(`afterLog(ctx) { if (ctx.stepIndex === 4) throw new Error("a bad day"); }`);
    const report = await replayScaffold(failing, await record(base));
    expect(report.failure).toMatchObject({ hook: "afterLog", stepIndex: 4, code: "hook-failed" });
    expect(report).toMatchObject({ steps: 4, complete: false });
    expect(replayText(report)).toContain("FAILED at step 4, hook afterLog");
  });
});

describe("what hooks wrote", () => {
  test("a log of observations is seen as kept observations and growth, a rewritten status as neither", async () => {
    const base = await loadBase();
    const long = await record(base, { steps: 12 });
    const shown: JournalEntry[] = long.all.map((entry) =>
      entry.kind === "observation"
        ? { ...entry, observation: { long: `A long corridor, at place number ${entry.stepIndex}.`, short: "" } }
        : entry,
    );
    const recording = {
      ...long,
      entries: async function* () {
        yield* shown;
      },
    };
    const log = await loadHooks(`beforePlan: (ctx) => ctx.memory.append("log.txt", ctx.observation.long)`);
    const logged = (await replayScaffold(log, recording)).hookWrites;
    expect(logged.keptObservations).toBe(12);
    expect(logged.growth).toBe(logged.characters);
    const status = await loadHooks(`beforePlan: (ctx) => ctx.memory.write("now.txt", ctx.observation.long)`);
    const kept = (await replayScaffold(status, recording)).hookWrites;
    expect(kept).toMatchObject({ writes: 12, keptObservations: 1, foreseenLines: 0 });
    expect(kept.growth).toBeLessThan(50);
    const oracle = await loadHooks(
      `beforePlan: (ctx) => ctx.memory.write("next.txt", "A long corridor, at place number " + (ctx.stepIndex + 1) + ".")`,
    );
    const foreseen = (await replayScaffold(oracle, recording)).hookWrites;
    expect(foreseen.foreseenLines).toBe(11);
    expect(foreseen.firstForeseen[0]).toEqual({
      stepIndex: 0,
      seenAtStep: 1,
      line: "A long corridor, at place number 1.",
    });
  });

  test("an inventory that is rewritten is a snapshot, whenever its lines were first copied", async () => {
    const base = await loadBase();
    const played = await record(base, { steps: 12 });
    const items = Array.from({ length: 12 }, (_, index) => `a thing of a long name, number ${index}`);
    const shown = (upTo: number, from = 0) => items.slice(from, upTo + 1).join("\n");
    const recordingOf = (text: (stepIndex: number) => string) => ({
      ...played,
      entries: async function* () {
        for (const entry of played.all) {
          if (entry.kind !== "observation") yield entry;
          else yield { ...entry, observation: { long: "", short: text(entry.stepIndex) } };
        }
      },
    });
    const inventory = await loadHooks(`beforePlan: (ctx) => ctx.memory.write("bag.txt", ctx.observation.short)`);
    const growing = recordingOf((stepIndex) => shown(stepIndex));
    expect((await replayScaffold(inventory, growing)).hookWrites.keptObservations).toBe(1);
    const hoarding = await loadHooks(`beforePlan: (ctx) => ctx.memory.append("bag.txt", ctx.observation.short)`);
    const passing = recordingOf((stepIndex) => shown(stepIndex, stepIndex));
    expect((await replayScaffold(hoarding, passing)).hookWrites.keptObservations).toBe(12);
  });
});

describe("long recordings", () => {
  test("are read one step at a time, and no further than asked", async () => {
    const base = await loadBase();
    const { all, ...recording } = await record(base, { steps: 3 });
    let read = 0;
    const pattern = all.filter((entry) => !("stepIndex" in entry) || entry.stepIndex === 1);
    const endless = {
      ...recording,
      entries: async function* () {
        for (const entry of all) {
          if (entry.kind === "episode-start") yield { ...entry, maxSteps: 100_000 };
          else if ("stepIndex" in entry && entry.stepIndex === 0) yield entry;
        }
        for (let stepIndex = 1; ; stepIndex++) {
          for (const entry of pattern) {
            if (!("stepIndex" in entry)) continue;
            read += 1;
            yield { ...entry, stepIndex } as JournalEntry;
          }
        }
      },
    };
    const report = await replayScaffold(base, endless, { limitSteps: 300 });
    expect(report).toMatchObject({ steps: 300, complete: false });
    expect(read).toBeLessThan(302 * pattern.length);
    expect(report.first.length).toBeLessThanOrEqual(22);
  });

  test("give the same report twice, and the digest tells another scaffold apart", async () => {
    const base = await loadBase();
    const recording = await record(base);
    const [one, two] = [await replayScaffold(base, recording), await replayScaffold(base, recording)];
    expect(one).toEqual(two);
    const other = await replayScaffold(await loadHooks(""), recording);
    expect(other.digest).not.toBe(one.digest);
  });

  test("of which nothing was played are an error", async () => {
    const base = await loadBase();
    const recording = {
      ...(await record(base, { steps: 1 })),
      entries: async function* () {
        yield* [];
      },
    };
    expect(replayScaffold(base, recording)).rejects.toThrow("Nothing of episode corridor/walk-s7 was played yet");
  });
});
