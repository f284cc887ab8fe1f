/** What is said of a campaign of `train` while it works. */
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { TrainEvent } from "../../../src/app/train/train.ts";
import { lineOf, statusOf } from "../../../src/cli/train/train-view.ts";
import { Recipe } from "../../../src/core/trainer.ts";

const common = { campaignId: "courier-train-1", spent: { episodes: 7, tokens: 1234, money: 0, seconds: 1 } };
const event = (happening: object) => ({ ...common, ...happening }) as TrainEvent;
const hash = "0123456789abcdef".repeat(4);

describe("lines that stay", () => {
  test.each([
    [{ kind: "campaign-start", resumed: true }, "Resuming campaign courier-train-1. Ctrl-C stops; nothing is lost."],
    [{ kind: "round-start", round: 2, rounds: 2 }, "Round 2 of 2."],
    [{ kind: "phase-start", phase: "report", key: "" }, "The report seeds are opened, once."],
    [
      { kind: "collected", round: 1, episodes: 99, missing: 1, meanProgress: 0.123 },
      "Collected: 99 episodes, 1 missing, 12.3 % on average.",
    ],
    [{ kind: "decided", key: "t1", round: 1, plan: {}, reason: "\nFirst.\nThen more." }, "t1: First."],
    [
      { kind: "dataset", key: "t1", dataset: hash, items: { write: 3, nothing: 0 }, lines: 4, reused: true },
      "t1: data 0123456789ab, used again: 4 lines; write 3",
    ],
    [
      { kind: "training-start", key: "t1.1", recipe: v.parse(Recipe, { maxSteps: 5 }) },
      "t1.1: training: rank 16, alpha 32, rate 0.001, 5 steps, all layers, seed 0",
    ],
    [
      { kind: "trained", key: "t1.1", adapter: hash, steps: 150, finalLoss: 0.41, seconds: 65 },
      "t1.1: trained in 1 min 5 s: 150 steps, loss 0.410, adapter 0123456789ab",
    ],
    [
      { kind: "parity", key: "t1.1", equal: 19, of: 20 },
      "t1.1: the server answers 19 of 20 prompts as the trainer does",
    ],
    [
      {
        kind: "configuration-failed",
        key: "t1.2",
        failure: { stage: "training", code: "out-of-memory", reason: "It ran out." },
      },
      "t1.2: FAILED in training (out-of-memory): It ran out.",
    ],
    [
      { kind: "select-end", key: "t1.1", candidate: 0.5, incumbent: 0.25, passed: true, reason: "Better." },
      "t1.1: select seeds: 50.0 % against 25.0 %. Better.",
    ],
    [
      { kind: "test", key: "t1.1", against: "base", verdict: { decision: "accept", reason: "Clear." } },
      "t1.1: against the base alone: accept. Clear.",
    ],
    [
      { kind: "trial-end", key: "t1", outcome: "rejected-on-select", why: "No better.", adapter: hash },
      "t1: REJECTED ON SELECT 0123456789ab. No better.",
    ],
  ])("%j", (happening, line) => {
    expect(lineOf(event(happening))).toBe(line);
  });

  test("one round is not numbered, and what only goes on has no line", () => {
    expect(lineOf(event({ kind: "round-start", round: 1, rounds: 1 }))).toBeUndefined();
    expect(lineOf(event({ kind: "training-progress", key: "t1.1", progress: { phase: "base" } }))).toBeUndefined();
  });
});

describe("what goes on", () => {
  const step = { phase: "train", step: 3, totalSteps: 90, epoch: 0.1, loss: 1.23456, learningRate: 1e-3 };

  test("a training tells step, loss, speed and time left, as far as they are known", () => {
    const known = { ...step, tokensPerSecond: 1500.4, secondsLeft: 130 };
    expect(statusOf(event({ kind: "training-progress", key: "t1.1", progress: known }))).toBe(
      "t1.1: step 3/90, loss 1.235, 1,500 tokens/s, about 2 min 10 s left",
    );
    const unknown = { ...step, tokensPerSecond: null, secondsLeft: null };
    expect(statusOf(event({ kind: "training-progress", key: "t1.1", progress: unknown }))).toBe(
      "t1.1: step 3/90, loss 1.235",
    );
    expect(statusOf(event({ kind: "training-progress", key: "t1.1", progress: { phase: "base" } }))).toBe(
      "t1.1: making the base ready",
    );
  });

  test("play and selection tell how far they are", () => {
    const totals = { finished: 2, planned: 5, meanProgress: 0.1, leftMs: 60_000 };
    const play = { kind: "play", phase: "collect", key: "r1", event: { kind: "step-end", totals } };
    expect(statusOf(event(play))).toBe(
      "r1 collect: 2/5 episodes, 10.0 % so far, about 1 min 0 s left of this step; spent before: 7 episodes, 1,234 tokens",
    );
    expect(statusOf(event({ kind: "selection-progress", key: "t1", episodes: 3, of: 9, chosen: 12 }))).toBe(
      "t1: turns of 3/9 episodes looked through, 12 chosen",
    );
  });
});
