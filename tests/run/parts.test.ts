import { describe, expect, test } from "bun:test";
import { EpisodeStopped } from "../../src/agent/stop.ts";
import { ConfigError, GameError, ProviderError, StoreError } from "../../src/core/errors.ts";
import { Breaker } from "../../src/run/breaker.ts";
import { describeFailure, judge } from "../../src/run/failure.ts";
import { playSettings } from "../../src/run/play-settings.ts";
import { RunProgress } from "../../src/run/run-progress.ts";
import type { EpisodeFailure } from "../../src/store/run-files.ts";
import { ringSettings } from "./support.ts";

const failure = (code: string, error = "ProviderError"): EpisodeFailure => ({
  error,
  code,
  message: "m",
  retryable: true,
});

describe("the breaker", () => {
  const after = (...events: (EpisodeFailure | "finished")[]) => {
    const breaker = new Breaker();
    for (const event of events) {
      if (event === "finished") breaker.episodeFinished();
      else breaker.episodeFailed(event);
    }
    return breaker.open?.code;
  };

  test("opens at the third failure alike in a row that lies with the server or the plugin", () => {
    const dead = failure("unreachable");
    expect(after(dead, dead)).toBeUndefined();
    expect(after(dead, dead, dead)).toBe("unreachable");
    expect(after(dead, dead, "finished", dead)).toBeUndefined();
    expect(after(dead, dead, failure("timeout"))).toBeUndefined();
    const broken = failure("start-failed", "PluginError");
    expect(after(broken, broken, broken)).toBe("start-failed");
  });

  test("stays closed for failures that lie with an episode", () => {
    const episode = [
      failure("hook-failed", "ScaffoldError"),
      failure("exited", "GameError"),
      failure("context-overflow"),
    ];
    expect(after(...episode, ...episode, ...episode)).toBeUndefined();
  });
});

describe("failures", () => {
  test.each([
    [new EpisodeStopped(3), "stopped"],
    [new GameError("m", { code: "exited" }), "restart"],
    [new ProviderError("m", { code: "engine-lost" }), "restart"],
    [new ProviderError("m", { code: "unreachable", retryable: true }), "failed"],
    [new ConfigError("m", { code: "bad-params" }), "failed"],
    [new StoreError("m", { code: "replay-diverged" }), "failed"],
    [new StoreError("m", { code: "disk-full" }), "fatal"],
    [new StoreError("m", { code: "not-writable" }), "fatal"],
    [new TypeError("m"), "failed"],
  ] as const)("%s is judged %s", (thrown, judgement) => {
    expect(judge(thrown)).toBe(judgement);
  });

  test("a typed error keeps its code, a bug its stack", () => {
    expect(describeFailure(new GameError("gone", { code: "exited" }))).toEqual({
      error: "GameError",
      code: "exited",
      message: "gone",
      retryable: false,
    });
    expect(describeFailure(new TypeError("oops")).message).toContain("parts.test.ts");
  });
});

test("settings that only say which episodes are played do not enter an episode's record", () => {
  const one = playSettings(ringSettings({ seeds: [1], parallel: 1 }));
  const other = playSettings(
    ringSettings({ seeds: [5, 6], seedSet: "s", parallel: 9, restarts: 0, preset: "paper", tasks: ["x"] }),
  );
  expect(other).toEqual(one);
  expect(playSettings(ringSettings({ maxSteps: 7 }))).not.toEqual(one);
  expect(playSettings(ringSettings({ sampling: { temperature: 0.5, maxTokens: 9 } }))).not.toEqual(one);
});

describe("progress", () => {
  test("gives tokens a second, the mean so far and the time left", () => {
    let nowMs = 1_000;
    const clock = { nowMs: () => 0, monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    const progress = new RunProgress(clock, 4, [{ kind: "finished", record: "r", steps: 20, progress: 1 }]);
    expect(progress.totals()).toMatchObject({
      planned: 4,
      finished: 1,
      meanProgress: 1,
      tokensPerSecond: undefined,
      leftMs: undefined,
    });
    progress.episodeStarted("a", 100);
    progress.stepEnded("a", 0, true);
    progress.called({ speaker: "base", usage: { promptTokens: 50, generatedTokens: 30 }, totalMs: 900 });
    progress.called({ speaker: "specialist", usage: {}, totalMs: 100 });
    progress.stepEnded("a", 1, false);
    nowMs = 3_000;
    const totals = progress.totals();
    expect(totals).toMatchObject({
      steps: 1,
      calls: 2,
      promptTokens: 50,
      generatedTokens: 30,
      callMs: 1_000,
      elapsedMs: 2_000,
      tokensPerSecond: 15,
    });
    // 18 of the usual 20 steps are left of this one, and two more to come, at 2 s a step.
    expect(totals.leftMs).toBe((18 + 40) * 2_000);
    progress.episodeFailed("a");
    progress.episodeStarted("b", 100);
    progress.episodeFinished("b", 10, 0);
    expect(progress.totals()).toMatchObject({ finished: 2, failed: 1, meanProgress: 0.5 });
  });
});
