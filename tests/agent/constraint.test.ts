/** Replies held to a grammar: which grammar each call gets, and what becomes of a JSON reply. */
import { describe, expect, test } from "bun:test";
import { playEpisode } from "../../src/agent/play-episode.ts";
import { ConfigError } from "../../src/core/errors.ts";
import type { GrammarForm } from "../../src/core/grammar.ts";
import { FakeGame, type Setup, setUp } from "./support.ts";

const read = "<|READ|>a.txt<|END|>";
const act = "<|ACTION|>north<|END|>";
const note = "<|APPEND|>a.txt|north is free<|END|>\n<|DONE|>";
const withFile: NonNullable<Setup["hooks"]> = { initFiles: () => ({ "a.txt": "x" }) };

async function constrained(setup: Setup, form: GrammarForm | "none" = "gbnf") {
  const played = setUp({ game: new FakeGame(100, 2), hooks: withFile, ...setup });
  played.model.capabilities = { ...played.model.capabilities, grammar: form };
  const settings = { ...played.input.settings, constrain: true };
  const result = await playEpisode({ ...played.input, settings });
  const grammars = played.model.calls.map(({ options }) => options.grammar);
  const texts = grammars.map((grammar) => (grammar?.form === "gbnf" ? grammar.text : JSON.stringify(grammar?.schema)));
  return { ...played, result, grammars, texts };
}

test("without the setting no call has a grammar", async () => {
  const played = setUp({ moves: [act, note, act], game: new FakeGame(100, 2) });
  played.model.capabilities = { ...played.model.capabilities, grammar: "gbnf" };
  await playEpisode(played.input);
  expect(played.model.calls.map(({ options }) => options.grammar)).toEqual([undefined, undefined, undefined]);
});

test("a model that knows no grammar is refused before it is asked", async () => {
  const failed = constrained({ moves: [act] }, "none");
  await expect(failed).rejects.toBeInstanceOf(ConfigError);
  await expect(failed).rejects.toThrow("cannot hold its replies to a grammar");
});

describe("the grammar of a call", () => {
  test("names the game's actions in PLAN, the files, and in LOG what writes", async () => {
    const { texts } = await constrained({ moves: [act, note, act] });
    expect(texts[0]).toContain('action ::= "north" | "south" | "noop"');
    expect(texts[0]).toContain('file ::= "a.txt"');
    expect(texts[0]).not.toContain("APPEND");
    expect(texts[1]).toContain('"<|APPEND|>"');
    expect(texts[1]).not.toContain("ACTION");
  });

  test("of the last call of PLAN lets nothing but an action through", async () => {
    const { texts, sink } = await constrained({ moves: [read, act, note, read, act], agent: { planCalls: 2 } });
    const actOnly = 'root ::= "<|ACTION|>" action "<|END|>"\naction ::= "north" | "south" | "noop"\n';
    expect([texts[1], texts[4]]).toEqual([actOnly, actOnly]);
    expect(texts[0]).toContain("READ");
    expect(sink.of("action").map(({ fallback }) => fallback)).toEqual([false, false]);
  });

  test("of the last call of LOG ends it", async () => {
    const { texts } = await constrained({ moves: [act, read, "<|DONE|>", act], agent: { logCalls: 2 } });
    expect(texts[1]).toContain("READ");
    expect(texts[2]).not.toContain("READ");
    expect(texts[2]).toContain('root ::= "<|DONE|>" | write');
  });

  test("is the same object while nothing changed, and another once a file was made", async () => {
    const made = "<|CREATE|>other.txt<|END|><|DONE|>";
    const { grammars } = await constrained({
      moves: [act, note, act, made, act, note, act],
      game: new FakeGame(100, 4),
    });
    const [firstPlan, firstLog, secondPlan, secondLog, thirdPlan, thirdLog] = grammars;
    expect(secondPlan).toBe(firstPlan);
    expect(secondLog).toBe(firstLog);
    expect(thirdPlan).not.toBe(firstPlan);
    expect(JSON.stringify(thirdPlan)).toContain("other.txt");
    expect(thirdLog).not.toBe(firstLog);
  });

  test("has the operations that the scaffold adds and leaves out those it hides", async () => {
    const hooks: NonNullable<Setup["hooks"]> = {
      ...withFile,
      operations: [{ name: "MAP_SEE", phases: ["plan"], effect: "read", arguments: ["name"], help: "" }],
      hiddenOperations: ["TAIL"],
    };
    const { texts } = await constrained({ moves: [act, note, act], hooks });
    expect(texts[0]).toContain("MAP_SEE");
    expect(texts[0]).not.toContain("TAIL");
  });
});

describe("a JSON reply", () => {
  const json = (reply: unknown) => JSON.stringify({ reply });
  const moves = [
    json({ look_up: [{ operation: "READ", file: "a.txt" }] }),
    json({ act: "north" }),
    json({ record: [{ operation: "APPEND", file: "a.txt", text: "north is free" }] }),
    json({ act: "noop" }),
  ];

  test("reaches the journal, the folder and the next turn as operations", async () => {
    const { sink, result, model, grammars } = await constrained({ moves }, "json-schema");
    expect(grammars.every((grammar) => grammar?.form === "json-schema")).toBe(true);
    expect(sink.operations()).toEqual([
      "plan READ[a.txt] ok",
      "plan ACTION[north] ok",
      "log APPEND[a.txt¦north is free] ok",
      "log DONE[] ok",
      "plan ACTION[noop] ok",
    ]);
    expect(sink.of("call").map(({ reply }) => reply)).toEqual([read, act, note, "<|ACTION|>noop<|END|>"]);
    expect(model.calls[1]?.messages[1]).toEqual({ role: "assistant", content: read });
    expect(result.files).toEqual({ "a.txt": "x\nnorth is free" });
  });

  test("gives the same journal when its recorded text is played again", async () => {
    const first = await constrained({ moves }, "json-schema");
    const recorded = first.sink.of("call").map(({ reply }) => reply);
    const again = await constrained({ moves: recorded }, "json-schema");
    expect(again.sink.lines).toEqual(first.sink.lines);
  });

  test("that was cut is not run, and counted as unclosed", async () => {
    const cut = json({ act: "north" }).slice(0, -4);
    const { sink } = await constrained({ moves: [{ cut }, moves[1]!], game: new FakeGame(100, 1) }, "json-schema");
    expect(sink.operations()).toEqual(["plan ACTION[nort] malformed unclosed", "plan ACTION[north] ok"]);
  });
});
