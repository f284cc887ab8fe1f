/** A specialist and a base model in one conversation: who is asked, what each is shown, and what never passes between them. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { emptyTurn } from "../../src/agent/consulting.ts";
import { playEpisode } from "../../src/agent/play-episode.ts";
import { isActionAttempt } from "../../src/agent/strip-actions.ts";
import { ProviderError } from "../../src/core/errors.ts";
import { parseTurn } from "../../src/memory/grammar.ts";
import { modelOutput, table } from "../memory/support.ts";
import { FakeGame, FakeModel, type Move, overflow, type Setup, setUp } from "./support.ts";

const act = "<|ACTION|>north<|END|>";
const read = "<|READ|>a<|END|>";
const handoff = { role: "user", content: "Now act." };

interface TwoSetup extends Setup {
  specialist: readonly Move[];
  base: readonly Move[];
  steps?: number;
  constrain?: boolean;
}

function setUpTwo({ specialist, base, steps = 1, constrain, ...setup }: TwoSetup) {
  const played = setUp({
    hooks: { initFiles: () => ({ a: "x" }) },
    ...setup,
    moves: base,
    game: new FakeGame(100, steps),
  });
  const adviser = new FakeModel(specialist);
  const settings = { ...played.input.settings, ...(constrain && { constrain }) };
  return { ...played, adviser, input: { ...played.input, settings, specialist: { model: adviser } } };
}

async function playTwo(setup: TwoSetup) {
  const played = setUpTwo(setup);
  const result = await playEpisode(played.input);
  const calls = played.sink.of("call");
  return { ...played, result, calls, speakers: calls.map(({ phase, speaker }) => `${phase} ${speaker}`) };
}

/** The messages of a call, as role and text. */
const said = (model: FakeModel, call: number) =>
  model.calls[call]!.messages.map(({ role, content }) => [role, content]);

describe("LOG", () => {
  test("is the specialist's alone", async () => {
    const { speakers, adviser, model, result } = await playTwo({
      specialist: ["nothing", read, "<|WRITE|>b|seen<|END|><|DONE|>", "nothing"],
      base: [act, act],
      steps: 2,
    });
    expect(speakers).toEqual([
      "plan specialist",
      "plan base",
      "log specialist",
      "log specialist",
      "plan specialist",
      "plan base",
    ]);
    expect(result.files).toEqual({ a: "x", b: "seen" });
    expect(said(adviser, 1)).toEqual([["user", "LOG 1"]]);
    expect(model.calls.flatMap(({ messages }) => messages).some(({ content }) => content.startsWith("LOG"))).toBe(
      false,
    );
  });

  test("ends as with one model where the specialist's context is full", async () => {
    const { sink, speakers } = await playTwo({
      specialist: ["nothing", read, overflow(), "nothing"],
      base: [act, act],
      steps: 2,
    });
    expect(sink.of("phase-end").map(({ reason }) => reason)).toEqual(["action", "context-full", "action"]);
    expect(speakers.filter((speaker) => speaker === "log base")).toEqual([]);
  });
});

describe("PLAN", () => {
  test("passes to the base model with the prompt, each turn of the specialist with its results, and the handoff", async () => {
    const { model, adviser, game, calls, speakers } = await playTwo({
      specialist: [read, `Found x. ${act}`],
      base: ["<|ACTION|>south<|END|>"],
    });
    expect(speakers).toEqual(["plan specialist", "plan specialist", "plan base"]);
    expect(said(adviser, 0)).toEqual([["user", "PLAN 0"]]);
    expect(said(model, 0)).toEqual([
      ["user", "PLAN 0"],
      ["assistant", read],
      ["user", expect.stringContaining('"operation":"<|READ|>a<|END|>"')],
      ["assistant", "Found x."],
      ["user", "Now act."],
    ]);
    expect(game.played).toEqual(["south"]);
    expect(calls.map(({ callIndex, fresh, kept }) => [callIndex, fresh, kept])).toEqual([
      [0, true, undefined],
      [1, false, "Found x."],
      [2, false, undefined],
    ]);
    expect(calls[1]?.reply).toBe(`Found x. ${act}`);
    expect(calls[2]?.added).toEqual([{ role: "user", content: "Now act." }]);
  });

  test.each([
    ["well-formed", act],
    ["unclosed", "<|ACTION|>north"],
    ["over-long", `<|ACTION|>${"n".repeat(300)}<|END|>`],
    ["in small letters", "<|action|>north<|END|>"],
    ["cut by the token limit", { cut: "<|ACTION|>nor" }],
  ] as [string, Move][])("an ACTION of the specialist's is stripped and not played: %s", async (_name, move) => {
    const { model, sink, game, calls } = await playTwo({ specialist: [move], base: ["<|ACTION|>noop<|END|>"] });
    expect(said(model, 0)).toEqual([
      ["user", "PLAN 0"],
      ["assistant", emptyTurn],
      ["user", "Now act."],
    ]);
    expect(calls[0]?.kept).toBe(emptyTurn);
    expect(game.played).toEqual(["noop"]);
    expect(sink.of("action")).toMatchObject([{ raw: "noop", fallback: false, rejections: [] }]);
  });

  test("the form of the specialist's ACTION is counted, and nobody is told", async () => {
    const moves: [Move, string][] = [
      [act, "plan ACTION[north] ok"],
      ["<|ACTION|>north", "plan ACTION[north] ok unclosed"],
      ["<|ACTION|><|END|>", "plan ACTION[] malformed missing-argument"],
      ["<|ACTION|>a\nb<|END|>", "plan ACTION[a\nb] refused bad-argument"],
    ];
    for (const [move, line] of moves) {
      const { sink } = await playTwo({ specialist: [move], base: [act] });
      expect(sink.operations()).toEqual([line, "plan ACTION[north] ok"]);
      expect(sink.of("operation")[0]?.result).toBe("");
    }
  });

  test("look-ups beside the ACTION are run, and told with the handoff", async () => {
    const { model, sink } = await playTwo({ specialist: [`${read}${act}`], base: [act] });
    const told = said(model, 0).at(-1)![1]!;
    const [results, ...rest] = told.split("\n\n");
    expect(JSON.parse(results!)).toMatchObject({
      results: [{ operation: read, text: expect.any(String), failed: false }],
      callsLeft: 9,
    });
    expect(rest).toEqual(["Now act."]);
    expect(said(model, 0)[1]).toEqual(["assistant", read]);
    expect(sink.operations()).toEqual(["plan READ[a] ok", "plan ACTION[north] ok", "plan ACTION[north] ok"]);
  });

  test("a reply of the specialist's without any operation hands over, and is no slip", async () => {
    const { model, sink } = await playTwo({ specialist: ["I need nothing."], base: [act] });
    expect(said(model, 0)).toEqual([
      ["user", "PLAN 0"],
      ["assistant", "I need nothing."],
      ["user", "Now act."],
    ]);
    expect(sink.operations()).toEqual(["plan ACTION[north] ok"]);
    const blank = await playTwo({ specialist: [" \n"], base: [act] });
    expect(said(blank.model, 0)[1]).toEqual(["assistant", emptyTurn]);
  });

  test("a slip of the specialist's is answered to the specialist", async () => {
    const { adviser, sink } = await playTwo({ specialist: ["<|FLY|>x<|END|><|DONE|>", act], base: [act] });
    expect(said(adviser, 1).at(-1)![1]).toContain("There is no operation FLY");
    expect(sink.operations().slice(0, 2)).toEqual([
      "plan FLY[] malformed unknown-operation",
      "plan DONE[] refused wrong-phase",
    ]);
  });

  test("the base model may still look up, is held to the gate, and the specialist hears no more", async () => {
    const { adviser, model, game, speakers } = await playTwo({
      specialist: [act],
      base: [read, "<|ACTION|>south<|END|>", "hm", "<|ACTION|>noop<|END|>"],
      hooks: {
        initFiles: () => ({ a: "x" }),
        validateAction: (_step, _memory, action) =>
          action === "south" ? { verdict: "reject", text: "not south" } : { verdict: "accept" },
      },
    });
    expect(speakers).toEqual(["plan specialist", "plan base", "plan base", "plan base", "plan base"]);
    expect(adviser.calls).toHaveLength(1);
    expect(said(model, 2).at(-1)![1]).toContain("not south");
    expect(said(model, 3).at(-1)![1]).toContain("Your reply holds no operation");
    expect(game.played).toEqual(["noop"]);
  });

  test("the specialist's turns are not in the next step's conversation, nor the base model's in any of its", async () => {
    const { adviser } = await playTwo({
      specialist: [read, act, "<|DONE|>", "done"],
      base: ["I choose north. <|ACTION|>north<|END|>", act],
      steps: 2,
    });
    const shown = adviser.calls.flatMap(({ messages }) => messages.map(({ content }) => content));
    expect(shown.some((text) => text.includes("I choose north"))).toBe(false);
    expect(shown).not.toContain(handoff.content);
    expect(said(adviser, 3)).toEqual([["user", "PLAN 1"]]);
  });
});

describe("limits", () => {
  test("the calls of PLAN are shared: the specialist leaves one, and at its limit hands over with the last results", async () => {
    const { model, speakers, adviser, game } = await playTwo({
      specialist: [read, read, read],
      base: [act],
      agent: { planCalls: 3 },
    });
    expect(speakers).toEqual(["plan specialist", "plan specialist", "plan base"]);
    expect(JSON.parse(said(adviser, 1).at(-1)![1]!).callsLeft).toBe(1);
    const told = said(model, 0).at(-1)![1]!;
    expect(told).toEndWith("\n\nNow act.");
    expect(JSON.parse(told.split("\n\n")[0]!)).toMatchObject({ results: [{ operation: read }], callsLeft: 1 });
    expect(game.played).toEqual(["north"]);
  });

  test("with one call each of the two has one, and the gate is not asked", async () => {
    const { speakers, game } = await playTwo({
      specialist: [read],
      base: [act],
      agent: { planCalls: 1 },
      hooks: { initFiles: () => ({ a: "x" }), validateAction: () => ({ verdict: "reject", text: "no" }) },
    });
    expect(speakers).toEqual(["plan specialist", "plan base"]);
    expect(game.played).toEqual(["north"]);
  });

  test("what the specialist did not use is the base model's; then the fallback is played", async () => {
    const { speakers, sink } = await playTwo({ specialist: [act], base: ["hm", "hm"], agent: { planCalls: 3 } });
    expect(speakers).toEqual(["plan specialist", "plan base", "plan base"]);
    expect(sink.of("action")).toMatchObject([{ raw: "", fallback: true }]);
    expect(sink.of("phase-end")).toMatchObject([{ reason: "call-limit" }]);
  });

  test("when the step's tokens are used up the specialist hands over, and the base model has one call", async () => {
    const { speakers, sink } = await playTwo({
      specialist: [read, read],
      base: [read, act],
      agent: { tokensPerStep: 12 },
    });
    expect(speakers).toEqual(["plan specialist", "plan base"]);
    expect(sink.of("phase-end")).toMatchObject([{ reason: "token-limit" }]);
  });
});

describe("a call that fails", () => {
  const down = () => new ProviderError("down", { code: "unreachable" });

  test.each([
    ["in the specialist's first call", [down()]],
    ["in a later one", [read, down()]],
    ["in the one that begins anew", [read, overflow(), down()]],
  ])("never hands over silently: %s", async (_name, specialist) => {
    const played = setUpTwo({ specialist, base: [act] });
    await expect(playEpisode(played.input)).rejects.toMatchObject({ code: "unreachable" });
    expect(played.model.calls).toEqual([]);
    expect(played.game.played).toEqual([]);
  });

  test("of the base model's ends the episode, with no action and no further word of the specialist's", async () => {
    const played = setUpTwo({ specialist: [act, act], base: [down()] });
    await expect(playEpisode(played.input)).rejects.toMatchObject({ code: "unreachable" });
    expect(played.adviser.calls).toHaveLength(1);
    expect(played.game.played).toEqual([]);
  });

  test("a prompt that does not fit the specialist is an error that says so, not a handoff", async () => {
    for (const specialist of [[overflow()], [read, overflow(), overflow()]]) {
      const played = setUpTwo({ specialist, base: [act] });
      await expect(playEpisode(played.input)).rejects.toThrow("The PLAN prompt of step 0 does not fit");
      expect(played.model.calls).toEqual([]);
    }
  });
});

describe("a context that overflows in PLAN", () => {
  test("of the specialist: it begins anew, and the base model sees that conversation", async () => {
    const { adviser, model, speakers, calls } = await playTwo({
      specialist: [read, overflow(), `So. ${act}`],
      base: [act],
    });
    expect(speakers).toEqual(["plan specialist", "plan specialist", "plan base"]);
    const anew = ["user", expect.stringMatching(/^PLAN 0\n\nNote: /)];
    expect(said(adviser, 2)).toEqual([anew] as never);
    expect(said(model, 0)).toEqual([anew, ["assistant", "So."], ["user", "Now act."]] as never);
    expect(calls.map(({ fresh }) => fresh)).toEqual([true, true, false]);
  });

  test("of the base model: it begins anew alone, and the specialist is not asked again", async () => {
    const { adviser, model, speakers, game, calls } = await playTwo({
      specialist: [read, act],
      base: [overflow(), act],
    });
    expect(speakers).toEqual(["plan specialist", "plan specialist", "plan base"]);
    expect(adviser.calls).toHaveLength(2);
    expect(said(model, 1)).toEqual([["user", expect.stringMatching(/^PLAN 0\n\nNote: /)]] as never);
    expect(calls.map(({ callIndex, fresh }) => [callIndex, fresh])).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
    expect(game.played).toEqual(["north"]);
  });
});

describe("calls", () => {
  test("name heads of their own for each speaker and phase, and the adapter for the specialist alone", async () => {
    const adapter = "a".repeat(64);
    const played = setUpTwo({ specialist: [], base: [], steps: 2 });
    const moves = ["hm", act, "<|DONE|>", "hm", act];
    const model = new FakeModel(moves);
    // One model for both: the base with a loaded adapter.
    await playEpisode({ ...played.input, model, specialist: { model, adapter } });
    expect(model.calls.map(({ options }) => [options.cacheKey, options.adapter])).toEqual([
      ["specialist/ep0/plan", adapter],
      ["ep0/plan", undefined],
      ["specialist/ep0/log", adapter],
      ["specialist/ep0/plan", adapter],
      ["ep0/plan", undefined],
    ]);
  });

  test("each has a sampling seed of its own", async () => {
    const sampling = { temperature: 1, maxTokens: 64, seed: 5 };
    const played = setUpTwo({ specialist: [read, act], base: [act] });
    await playEpisode({ ...played.input, settings: { ...played.input.settings, sampling } });
    const seeds = [...played.adviser.calls, ...played.model.calls].map(({ options }) => options.sampling.seed);
    expect(new Set(seeds).size).toBe(3);
  });
});

describe("constrained replies", () => {
  const withGrammar = (setup: TwoSetup) => {
    const played = setUpTwo({ ...setup, constrain: true, hooks: { initFiles: () => ({ "a.txt": "x" }) } });
    for (const model of [played.adviser, played.model]) model.capabilities = { ...model.capabilities, grammar: "gbnf" };
    return played;
  };
  const grammarsOf = (model: FakeModel) =>
    model.calls.map(({ options }) =>
      options.grammar?.form === "gbnf" ? options.grammar.text : JSON.stringify(options.grammar?.schema),
    );
  const look = "<|READ|>a.txt<|END|>";

  test("the specialist may look up or end consulting with an ACTION in each of its calls; the base model's last is an ACTION", async () => {
    const played = withGrammar({ specialist: [look, look], base: [act], agent: { planCalls: 3 } });
    await playEpisode(played.input);
    for (const text of grammarsOf(played.adviser)) {
      expect(text).toContain("READ");
      expect(text).toContain('"<|ACTION|>" action');
      expect(text).not.toContain("APPEND");
    }
    expect(grammarsOf(played.model)).toEqual([
      expect.stringContaining('root ::= "<|ACTION|>" action "<|END|>"\naction'),
    ]);
  });

  test("a specialist that has one call may look up in it, since the base model is told", async () => {
    const played = withGrammar({ specialist: [look], base: [act], agent: { planCalls: 1 } });
    await playEpisode(played.input);
    expect(grammarsOf(played.adviser)[0]).toContain("READ");
    expect(grammarsOf(played.model)[0]).not.toContain("READ");
  });

  test("the base model may look up while it has calls, and LOG's grammar is the specialist's", async () => {
    const played = withGrammar({ specialist: [act, "<|DONE|>", act], base: [look, act, act], steps: 2 });
    await playEpisode(played.input);
    expect(grammarsOf(played.model)[0]).toContain("READ");
    expect(grammarsOf(played.adviser)[1]).toContain("APPEND");
  });

  test("each model has the form that it takes, and both replies are operations as text", async () => {
    const played = withGrammar({
      specialist: [
        JSON.stringify({ reply: { look_up: [{ operation: "READ", file: "a.txt" }] } }),
        JSON.stringify({ reply: { act: "south" } }),
      ],
      base: [act],
    });
    played.adviser.capabilities = { ...played.adviser.capabilities, grammar: "json-schema" };
    await playEpisode(played.input);
    expect(played.sink.operations()).toEqual(["plan READ[a.txt] ok", "plan ACTION[south] ok", "plan ACTION[north] ok"]);
    expect(said(played.model, 0)[1]).toEqual(["assistant", look]);
    expect(said(played.model, 0)[3]).toEqual(["assistant", emptyTurn]);
  });

  test("a specialist that takes no grammar is refused before it is asked", async () => {
    const played = withGrammar({ specialist: [act], base: [act] });
    played.adviser.capabilities = { ...played.adviser.capabilities, grammar: "none" };
    await expect(playEpisode(played.input)).rejects.toMatchObject({ code: "no-grammar" });
    expect(played.adviser.calls).toEqual([]);
  });
});

test("property: whatever both say, no ACTION of the specialist's reaches the base model, and each call is within the limits", async () => {
  const move: fc.Arbitrary<Move> = fc.oneof(
    { weight: 8, arbitrary: modelOutput },
    { weight: 3, arbitrary: modelOutput.map((cut) => ({ cut })) },
    { weight: 3, arbitrary: fc.constantFrom(act, read, "<|DONE|>") },
    { weight: 1, arbitrary: fc.constant<Move>(overflow()) },
  );
  let handedOver = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 12 }), fc.array(move, { maxLength: 12 }), async (specialist, base) => {
      const agent = { logCalls: 2, planCalls: 3 };
      const played = setUpTwo({ specialist, base, steps: 3, agent });
      try {
        await playEpisode(played.input);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ProviderError);
      }
      for (const { phase, callIndex, speaker } of played.sink.of("call")) {
        expect(callIndex).toBeLessThan(phase === "log" ? 2 : 3);
        if (phase === "log") expect(speaker).toBe("specialist");
      }
      for (const { messages } of played.model.calls) {
        const end = messages.findIndex(({ content }) => content.endsWith("Now act."));
        if (end < 0) continue;
        handedOver += 1;
        const turns = messages.slice(0, end).filter(({ role }) => role === "assistant");
        for (const { content } of turns) expect(parseTurn(content, table, false).some(isActionAttempt)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
  expect(handedOver).toBeGreaterThan(100);
});
