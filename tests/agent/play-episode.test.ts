import { describe, expect, test } from "bun:test";
import { playEpisode } from "../../src/agent/play-episode.ts";
import { GameError, ProviderError, ScaffoldError } from "../../src/core/errors.ts";
import { FakeGame, play, setUp } from "./support.ts";

const north = "<|ACTION|>North<|END|>";

describe("an episode", () => {
  test("is written to the journal in a known order", async () => {
    const { sink, result } = await play({
      moves: [north, "<|APPEND|>a.txt|at 1<|END|>", "<|DONE|>", "<|READ|>a.txt<|END|>", north],
      game: new FakeGame(2, 9),
      hooks: {
        initFiles: () => ({ "rules.txt": "Go." }),
        onObservation: (step) => ({ seen: step.observation.long }),
        debug: () => ({ any: [1] }),
      },
    });
    const usage = { promptTokens: 10, generatedTokens: 2 };
    const call = { kind: "call", speaker: "base", finishReason: "stop", usage };
    const operation = { kind: "operation", actor: "model" };
    expect(sink.entries as unknown[]).toEqual([
      {
        kind: "episode-start",
        task: "walk",
        seed: 7,
        gameOptions: {},
        instruction: "Go north.",
        actions: ["north", "south", "noop"].map((name) => ({ name, description: `go ${name}` })),
        defaultAction: "noop",
        maxSteps: 9,
        scaffold: { name: "fake", version: "1.0.0", hash: expect.any(String) },
        files: { "rules.txt": "Go." },
      },
      { kind: "observation", stepIndex: 0, observation: { long: "You are at 0.", short: "" }, progress: 0, info: {} },
      { kind: "signals", stepIndex: 0, signals: { seen: "You are at 0." }, debug: { any: [1] } },
      {
        ...call,
        stepIndex: 0,
        phase: "plan",
        callIndex: 0,
        added: [{ role: "user", content: "PLAN 0" }],
        fresh: true,
        reply: north,
      },
      {
        ...operation,
        stepIndex: 0,
        phase: "plan",
        callIndex: 0,
        name: "ACTION",
        arguments: ["North"],
        status: "ok",
        result: "",
      },
      { kind: "phase-end", stepIndex: 0, phase: "plan", reason: "action" },
      { kind: "action", stepIndex: 0, raw: "North", action: "north", fallback: false, rejections: [] },
      {
        kind: "observation",
        stepIndex: 1,
        observation: { long: "You are at 1.", short: "" },
        progress: 0.5,
        info: {},
        transition: { reward: 0.5, terminated: false, truncated: false, valid: true, executed: "north" },
      },
      { kind: "signals", stepIndex: 1, signals: { seen: "You are at 1." }, debug: { any: [1] } },
      {
        ...call,
        stepIndex: 1,
        phase: "log",
        callIndex: 0,
        added: [{ role: "user", content: "LOG 1" }],
        fresh: true,
        reply: "<|APPEND|>a.txt|at 1<|END|>",
      },
      {
        ...operation,
        stepIndex: 1,
        phase: "log",
        callIndex: 0,
        name: "APPEND",
        arguments: ["a.txt", "at 1"],
        status: "ok",
        result: "Created a.txt: now 1 line.",
        writes: [{ file: "a.txt", change: "replace", text: "at 1" }],
      },
      {
        ...call,
        stepIndex: 1,
        phase: "log",
        callIndex: 1,
        added: [
          {
            role: "user",
            content: JSON.stringify({
              results: [
                { operation: "<|APPEND|>a.txt|at 1<|END|>", text: "Created a.txt: now 1 line.", failed: false },
              ],
              callsLeft: 9,
            }),
          },
        ],
        fresh: false,
        reply: "<|DONE|>",
      },
      { ...operation, stepIndex: 1, phase: "log", callIndex: 1, name: "DONE", arguments: [], status: "ok", result: "" },
      { kind: "phase-end", stepIndex: 1, phase: "log", reason: "done" },
      {
        ...call,
        stepIndex: 1,
        phase: "plan",
        callIndex: 0,
        added: [{ role: "user", content: "PLAN 1" }],
        fresh: true,
        reply: "<|READ|>a.txt<|END|>",
      },
      {
        ...operation,
        stepIndex: 1,
        phase: "plan",
        callIndex: 0,
        name: "READ",
        arguments: ["a.txt"],
        status: "ok",
        result: "at 1",
      },
      {
        ...call,
        stepIndex: 1,
        phase: "plan",
        callIndex: 1,
        added: [
          {
            role: "user",
            content: JSON.stringify({
              results: [{ operation: "<|READ|>a.txt<|END|>", text: "at 1", failed: false }],
              callsLeft: 9,
            }),
          },
        ],
        fresh: false,
        reply: north,
      },
      {
        ...operation,
        stepIndex: 1,
        phase: "plan",
        callIndex: 1,
        name: "ACTION",
        arguments: ["North"],
        status: "ok",
        result: "",
      },
      { kind: "phase-end", stepIndex: 1, phase: "plan", reason: "action" },
      { kind: "action", stepIndex: 1, raw: "North", action: "north", fallback: false, rejections: [] },
      {
        kind: "observation",
        stepIndex: 2,
        observation: { long: "You are at 2.", short: "" },
        progress: 1,
        info: {},
        transition: { reward: 0.5, terminated: true, truncated: false, valid: true, executed: "north" },
      },
      { kind: "episode-end", reason: "terminated", steps: 2, progress: 1, episodeReturn: 1 },
    ]);
    expect(sink.committed).toEqual(["call", "action", "call", "call", "call", "call", "action", "episode-end"]);
    expect(result).toEqual({
      reason: "terminated",
      steps: 2,
      progress: 1,
      episodeReturn: 1,
      files: { "a.txt": "at 1", "rules.txt": "Go." },
    });
  });

  test("gives equal bytes for equal replies", async () => {
    const moves = [north, "<|WRITE|>a|x<|END|><|FLY|>", "", "<|ACTION|>up<|END|>"];
    const [first, second] = [await play({ moves, rest: north }), await play({ moves, rest: north })];
    expect(first.sink.lines).toEqual(second.sink.lines);
  });

  test("ends by the game's limit, or by a lower one that is asked for", async () => {
    const byGame = await play({ rest: north });
    expect(byGame.result).toMatchObject({ reason: "truncated", steps: 4 });
    const played = setUp({ rest: north });
    played.input.settings.maxSteps = 3;
    expect(await playEpisode(played.input)).toMatchObject({ reason: "step-limit", steps: 3, episodeReturn: 1.5 });
    expect(played.scaffold.episode?.maxSteps).toBe(3);
    expect(played.game.played).toHaveLength(3);
  });

  test("the outcome of an action is shown only in the next step", async () => {
    const { scaffold } = await play({
      moves: ["<|ACTION|>dig<|END|>"],
      rest: "<|ACTION|>north<|END|>",
      game: new FakeGame(100, 2),
    });
    expect(scaffold.planSteps[0]?.outcome).toBeUndefined();
    expect(scaffold.logSteps.map(({ stepIndex }) => stepIndex)).toEqual([1]);
    expect(scaffold.logSteps[0]).toMatchObject({
      outcome: { raw: "dig", action: "dig", executed: "noop", valid: false, fallback: false, reward: 0 },
      previousObservation: { long: "You are at 0.", short: "" },
      unchangedSteps: 1,
    });
  });

  test("counts the steps in which nothing changed", async () => {
    const { scaffold } = await play({
      moves: [
        "<|ACTION|>noop<|END|>",
        "",
        "<|ACTION|>noop<|END|>",
        "",
        "<|ACTION|>north<|END|>",
        "",
        "<|ACTION|>noop<|END|>",
      ],
    });
    expect(scaffold.planSteps.map(({ unchangedSteps }) => unchangedSteps)).toEqual([0, 1, 2, 0]);
  });

  test("each phase is a conversation of its own, with a cache head of its own", async () => {
    const { model } = await play({
      moves: [north, "<|COUNT|>a<|END|>", "<|DONE|>", north],
      game: new FakeGame(2, 9),
    });
    expect(model.calls.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ["user"],
      ["user"],
      ["user", "assistant", "user"],
      ["user"],
    ]);
    expect(model.calls.map(({ options }) => options.cacheKey)).toEqual(["ep0/plan", "ep0/log", "ep0/log", "ep0/plan"]);
    expect(model.calls[0]?.options.timeoutMs).toBe(600_000);
  });

  test("each call has a seed of its own where one is given, the same in every replay", async () => {
    const seeds = async (seed: number | undefined, episodeSeed: number) => {
      const played = setUp({ moves: [north, "<|COUNT|>a<|END|>", "", north], game: new FakeGame(2, 9) });
      played.input.spec.seed = episodeSeed;
      if (seed !== undefined) played.input.settings.sampling.seed = seed;
      await playEpisode(played.input);
      return played.model.calls.map(({ options }) => options.sampling.seed);
    };
    expect(await seeds(undefined, 7)).toEqual(Array(4).fill(undefined));
    const first = await seeds(1, 7);
    expect(await seeds(1, 7)).toEqual(first);
    expect(new Set([...first, ...(await seeds(2, 7)), ...(await seeds(1, 8))]).size).toBe(12);
    for (const seed of first) expect(seed).toBeWithin(0, 2 ** 31);
  });

  test("tells of calls, steps and the end as they come", async () => {
    const events: unknown[] = [];
    await play({
      moves: [north, "", north],
      game: new FakeGame(2, 9),
      input: { onEvent: (event) => events.push(event) },
    });
    expect(events).toMatchObject([
      { kind: "episode-start", maxSteps: 9 },
      { kind: "call-end", stepIndex: 0, phase: "plan", callIndex: 0, timings: { totalMs: expect.any(Number) } },
      {
        kind: "step-end",
        stepIndex: 0,
        progress: 0.5,
        action: "north",
        usage: { promptTokens: 10, generatedTokens: 2 },
      },
      { kind: "call-end", stepIndex: 1, phase: "log" },
      { kind: "call-end", stepIndex: 1, phase: "plan" },
      {
        kind: "step-end",
        stepIndex: 1,
        progress: 1,
        usage: { promptTokens: 20, cachedTokens: undefined, generatedTokens: 4 },
      },
      { kind: "episode-end", steps: 2, progress: 1 },
    ]);
  });
});

describe("a failure", () => {
  test("of the model goes out as it is, and nothing is played for it", async () => {
    const fault = new ProviderError("down", { code: "unreachable", retryable: true });
    const played = setUp({ moves: [north, "<|DONE|>", fault] });
    await expect(playEpisode(played.input)).rejects.toBe(fault);
    expect(played.game.played).toEqual(["north"]);
    expect(played.sink.entries.at(-1)).toEqual({ kind: "phase-end", stepIndex: 1, phase: "log", reason: "done" });
    expect(played.scaffold.disposed).toBe(1);
  });

  test("of the game goes out as it is, after the action was committed", async () => {
    const fault = new GameError("gone", { code: "exited" });
    const game = new FakeGame();
    game.step = () => Promise.reject(fault);
    const played = setUp({ moves: [north], game });
    await expect(playEpisode(played.input)).rejects.toBe(fault);
    expect(played.sink.committed.at(-1)).toBe("action");
  });

  test("of a hook goes out as it is", async () => {
    const fault = new ScaffoldError("hook", { code: "hook-timeout" });
    const hook = () => {
      throw fault;
    };
    for (const name of [
      "onReset",
      "onObservation",
      "logPrompt",
      "afterLog",
      "beforePlan",
      "planPrompt",
      "repairAction",
      "validateAction",
    ] as const) {
      await expect(play({ rest: north, hooks: { [name]: hook } })).rejects.toBe(fault);
    }
  });

  test("of the journal stops the episode", async () => {
    const fault = new Error("disk full");
    const played = setUp({ moves: [north] });
    played.sink.commit = () => Promise.reject(fault);
    await expect(playEpisode(played.input)).rejects.toBe(fault);
    expect(played.game.played).toEqual([]);
  });

  test("start files that the folder refuses are the scaffold's", async () => {
    const bad = play({ rest: north, hooks: { initFiles: () => ({ "a/b": "x" }) } });
    await expect(bad).rejects.toThrow("initFiles cannot be stored. a/b: Bad file name");
    await expect(bad).rejects.toMatchObject({ code: "bad-hook-result" });
  });
});

describe("a stop", () => {
  test("before the first step plays nothing", async () => {
    const played = setUp({ rest: north, input: { signal: AbortSignal.abort() } });
    await expect(playEpisode(played.input)).rejects.toMatchObject({
      name: "EpisodeStopped",
      code: "stopped",
      retryable: true,
    });
    expect(played.sink.lines).toEqual([]);
  });

  test("during a call keeps its reply and makes no other", async () => {
    const controller = new AbortController();
    const played = setUp({ rest: "<|DONE|>", moves: [north], input: { signal: controller.signal } });
    played.input.onEvent = (event) => {
      if (event.kind === "call-end" && event.phase === "log") controller.abort();
    };
    await expect(playEpisode(played.input)).rejects.toMatchObject({ code: "stopped", data: { stepIndex: 1 } });
    expect(played.model.calls).toHaveLength(2);
    expect(played.sink.committed).toEqual(["call", "action", "call"]);
  });

  test("a call cancelled by it is the stop; cancelled otherwise it is a failure", async () => {
    const controller = new AbortController();
    const cancelled = new ProviderError("cancelled", { code: "cancelled" });
    const played = setUp({ input: { signal: controller.signal } });
    played.model.chat = async () => {
      controller.abort();
      throw cancelled;
    };
    await expect(playEpisode(played.input)).rejects.toMatchObject({ code: "stopped" });
    await expect(play({ moves: [cancelled] })).rejects.toBe(cancelled);
  });
});
