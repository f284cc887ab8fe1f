/** What a campaign was doing: written while it works, read as it comes, folded into what a page shows. */
import { afterEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { type Activity, foldActivity, noActivity } from "../../../src/app/activity/activity.ts";
import type { ActivityLine, SaidActivity } from "../../../src/app/activity/lines.ts";
import { ActivityReaders } from "../../../src/app/activity/readers.ts";
import { ActivityWriter } from "../../../src/app/activity/writer.ts";
import { openApp } from "../../../src/app/app.ts";
import type { RunEvent, RunTotals } from "../../../src/run/events.ts";
import type { TrainHappening } from "../../../src/train/campaign/events.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

afterEach(removeFolders);

const clock = { nowMs: () => 1_000 };
const totals = { planned: 60, finished: 0, failed: 0 } as RunTotals;

function training(step: number, loss: number): TrainHappening {
  const progress = {
    phase: "train",
    step,
    totalSteps: 12,
    epoch: 0.5,
    loss,
    learningRate: 1e-3,
    tokensPerSecond: 350,
  } as const;
  return { kind: "training-progress", key: "t1.1", progress };
}

function play(event: object): TrainHappening {
  return { kind: "play", phase: "collect", key: "r1", event: { runId: "toy-1", totals, ...event } as RunEvent };
}

async function fileAndReaders() {
  const app = openApp({ AUTOMEM_HOME: freshFolder() });
  const path = (await app.store()).campaigns.activityPath("toy-train-1");
  mkdirSync(dirname(path), { recursive: true });
  return { path, readers: new ActivityReaders(app) };
}

describe("the activity of a campaign", () => {
  test("is read as it is written, by who looks again and by who comes later; single steps are left out", async () => {
    const { path, readers } = await fileAndReaders();
    expect(await readers.read("toy-train-1")).toEqual([]);
    const writer = new ActivityWriter(path, clock);
    writer.tell({ kind: "campaign-start", resumed: false });
    writer.tell(play({ kind: "run-start", resumed: false, owed: 60 }));
    expect(await readers.read("toy-train-1")).toHaveLength(2);
    writer.tell(play({ kind: "step-end", key: "a", stepIndex: 0 }));
    writer.tell(play({ kind: "episode-end", key: "a", progress: 0.5, totals: { ...totals, finished: 1 } }));
    writer.tell(training(1, 2.5));
    const lines = await readers.read("toy-train-1");
    expect(lines.map(({ atMs, said }) => [atMs, said.kind])).toEqual([
      [1_000, "campaign-start"],
      [1_000, "run-start"],
      [1_000, "episode"],
      [1_000, "training"],
    ]);
    await writer.close();
  });

  test("is gone on with after a torn line, and read on by who looked before", async () => {
    const { path, readers } = await fileAndReaders();
    const first = new ActivityWriter(path, clock);
    first.tell(training(1, 2.5));
    await first.close();
    expect(await readers.read("toy-train-1")).toHaveLength(1);
    appendFileSync(path, readFileSync(path, "utf8").slice(0, 40));
    expect(await readers.read("toy-train-1")).toHaveLength(1);
    const second = new ActivityWriter(path, clock);
    second.tell(training(2, 2));
    await second.close();
    expect(await readers.read("toy-train-1")).toHaveLength(2);
  });

  test("that a crash left unreadable is read to there, and does not stop those who look or work", async () => {
    const { path, readers } = await fileAndReaders();
    const writer = new ActivityWriter(path, clock);
    for (let step = 1; step <= 3; step++) writer.tell(training(step, 1));
    await writer.close();
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, [lines[0], lines[1]!.replace("loss", "l0ss"), ...lines.slice(2)].join("\n"));
    expect(await readers.read("toy-train-1")).toEqual([]);
    const next = new ActivityWriter(path, clock);
    next.tell(training(2, 1));
    await next.close();
    expect(await readers.read("toy-train-1")).toHaveLength(2);
  });
});

describe("folded", () => {
  const line = (said: SaidActivity, atMs = 5): ActivityLine => ({ atMs, said });
  const step = (number: number, loss: number): ActivityLine =>
    line({
      kind: "training",
      key: "t1.1",
      progress: { phase: "train", step: number, totalSteps: 12, epoch: 1, loss, learningRate: 0.1 },
    });

  test("it says what is done now: how many episodes of how many, in which round", () => {
    const run = { phase: "collect", key: "r1", run: "toy-1" };
    const activity = foldActivity(noActivity, [
      line({ kind: "campaign-start", resumed: false }),
      line({ kind: "round-start", round: 1, rounds: 2 }),
      line({ kind: "phase-start", phase: "collect", key: "r1" }, 7),
      line({ kind: "run-start", ...run, planned: 60, finished: 0, failed: 0 }),
      line({ kind: "episode", ...run, episode: "a", progress: 0.5, finished: 12, failed: 1 }, 9),
    ]);
    expect(activity).toMatchObject({ atMs: 9, round: { round: 1, rounds: 2 } });
    expect(activity.stage).toEqual({
      name: "collect",
      key: "r1",
      sinceMs: 7,
      runs: [{ run: "toy-1", planned: 60, finished: 12, failed: 1 }],
      selection: undefined,
    });
  });

  test("a training that was interrupted goes on from its checkpoint: each step stands once", () => {
    const first = foldActivity(noActivity, [
      line({ kind: "training-start", key: "t1.1" }),
      ...[1, 2, 3, 4, 5].map((number) => step(number, 10 - number)),
    ]);
    const again = foldActivity(first, [
      line({ kind: "campaign-start", resumed: true }),
      line({ kind: "training-start", key: "t1.1" }),
      step(4, 0.4),
      step(5, 0.5),
    ]);
    expect(again.trainings).toMatchObject([
      { key: "t1.1", steps: [1, 2, 3, 4, 5], losses: [9, 8, 7, 0.4, 0.5], totalSteps: 12 },
    ]);
    expect(again.stage?.name).toBe("train");
    expect(first.trainings[0]?.losses).toEqual([9, 8, 7, 6, 5]);
    const failed = foldActivity(again, [line({ kind: "configuration-failed", key: "t1.1", reason: "no memory" })]);
    expect(failed.trainings).toMatchObject([{ phase: "failed", failure: "no memory" }]);
  });

  test("a test's evidence stands while it is played, and goes with its outcome", () => {
    const gate = { kind: "gate", key: "t1", estimate: 0.1, level: 0.02, pairsUsed: 7 } as const;
    const evidence = { kind: "p-value", value: 0.2, threshold: 0.01 } as const;
    const path = [{ pairs: 7, value: 0.2, threshold: 0.01 }];
    const during = foldActivity(noActivity, [
      line({ ...gate, evidence, path }),
      line({ ...gate, pairsUsed: 8, evidence, path }),
    ]);
    expect(during.gates).toMatchObject([{ key: "t1", pairsUsed: 8 }]);
    expect(foldActivity(during, [line({ kind: "outcome", key: "t1", outcome: "accepted", reason: "" })]).gates).toEqual(
      [],
    );
  });

  test("lines in pieces give what they give at once, and what was there before is left alone", () => {
    const some = fc.constantFrom<ActivityLine>(
      line({ kind: "campaign-start", resumed: true }),
      line({ kind: "training-start", key: "t1.1" }),
      line({ kind: "training-start", key: "t1.2" }),
      step(1, 1),
      step(2, 0.5),
      step(3, 0.2),
      line({ kind: "trained", key: "t1.1", steps: 3, seconds: 1 }),
      line({ kind: "review", key: "r1a1c0", line: "reads" }),
      line({ kind: "phase-start", phase: "select", key: "t1" }),
      line({ kind: "run-start", phase: "select", key: "t1", run: "a", planned: 3, finished: 0, failed: 0 }),
      line({
        kind: "episode",
        phase: "select",
        key: "t1",
        run: "a",
        episode: "e",
        progress: 1,
        finished: 1,
        failed: 0,
      }),
      line({ kind: "campaign-end", reason: "futile" }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(some, { maxLength: 6 }), { maxLength: 6 }), (pieces) => {
        const whole = foldActivity(noActivity, pieces.flat());
        let activity: Activity = noActivity;
        for (const piece of pieces) {
          const before = structuredClone(activity);
          const after = foldActivity(activity, piece);
          expect(activity).toEqual(before);
          activity = after;
        }
        expect(activity).toEqual(whole);
      }),
    );
  });
});
