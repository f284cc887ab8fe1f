/** Whatever a model says, an episode ends within its limits or stops with a typed error, and its journal tells all of it. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { playEpisode } from "../../src/agent/play-episode.ts";
import { AutomemError, ProviderError } from "../../src/core/errors.ts";
import { applyEntry, type FilesByName } from "../../src/core/journal-files.ts";
import { parseTurn } from "../../src/memory/grammar.ts";
import { modelOutput, table, upsert } from "../memory/support.ts";
import { actionNames, FakeGame, type Move, overflow, setUp } from "./support.ts";

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: modelOutput },
  {
    weight: 4,
    arbitrary: fc.constantFrom("<|ACTION|>north<|END|>", "<|DONE|>", "<|APPEND|>a|x<|END|><|WRITE|>b|y<|END|>"),
  },
  { weight: 3, arbitrary: modelOutput.map((cut) => ({ cut })) },
  { weight: 1, arbitrary: fc.constantFrom(overflow(), new ProviderError("down", { code: "unreachable" })) },
);

const limits = { files: 3, fileCharacters: 60, folderCharacters: 90, resultCharacters: 80, writeCharacters: 40 };
const agent = { logCalls: 3, planCalls: 3, operationsPerTurn: 4, rejections: 1 };

test("any replies: the episode ends within its limits or stops with a typed error, and the journal rebuilds the folder", async () => {
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
      const game = new FakeGame(5, 5);
      const played = setUp({
        moves,
        rest: "<|ACTION|>north<|END|>",
        game,
        agent,
        memory: limits,
        hooks: {
          operations: [upsert],
          initFiles: () => ({ "seed.txt": "s" }),
          runOperation: (_step, memory, _phase, operation) => ({
            text: "Noted.",
            writes: [{ file: "map", text: `${memory.read("map") ?? ""}${operation.arguments[1]}` }],
          }),
          afterLog: (step, memory) => memory.write("seed.txt", `${step.stepIndex}`),
          validateAction: (step) =>
            step.stepIndex % 2 === 0 ? { verdict: "accept" } : { verdict: "reject", text: "no" },
        },
      });
      let files: { [file: string]: string } | undefined;
      try {
        const result = await playEpisode(played.input);
        files = result.files;
        finished += 1;
        expect(result.steps).toBeLessThanOrEqual(5);
      } catch (thrown) {
        // A write of the scaffold's own that finds the folder full is a typed error too.
        expect(thrown).toBeInstanceOf(AutomemError);
      }
      const entries = played.sink.entries;
      const kept: FilesByName = new Map();
      for (const entry of entries) applyEntry(kept, entry);
      const rebuilt = Object.fromEntries(kept);
      if (files !== undefined) expect(rebuilt).toEqual(files);
      const texts = Object.values(rebuilt);
      expect(texts.length).toBeLessThanOrEqual(limits.files);
      expect(texts.join("").length).toBeLessThanOrEqual(limits.folderCharacters);

      const calls = played.sink.of("call");
      for (const { callIndex } of calls) expect(callIndex).toBeLessThan(3);
      // Each attempt in each reply has exactly one entry, in PLAN none of them wrote.
      for (const call of calls) {
        const here = played.sink
          .of("operation")
          .filter((entry) => entry.actor === "model" && entry.stepIndex === call.stepIndex)
          .filter((entry) => entry.phase === call.phase && entry.callIndex === call.callIndex);
        const attempts = parseTurn(call.reply, table, call.finishReason === "length").length;
        expect(here).toHaveLength(attempts === 0 && call.phase === "plan" ? 1 : attempts);
        expect(
          here.filter(({ name, status }) => status === "ok" && !["DONE", "ACTION"].includes(name)).length,
        ).toBeLessThanOrEqual(4);
        for (const entry of here) if (call.phase === "plan") expect(entry.writes).toBeUndefined();
      }
      // Each step played has one committed action; what is sent as a fallback is the game's.
      const actions = played.sink.of("action");
      expect(game.played).toEqual(actions.map(({ action }) => action));
      for (const { action, fallback } of actions) if (fallback) expect(actionNames).toContain(action);
    }),
    { numRuns: 300 },
  );
  expect(finished).toBeGreaterThan(20);
});

test("any replies: the same replies give the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
      const lines = async () => {
        const played = setUp({ moves, rest: "<|ACTION|>north<|END|>", agent, memory: limits });
        await playEpisode(played.input).catch((thrown: unknown) => expect(thrown).toBeInstanceOf(AutomemError));
        return played.sink.lines;
      };
      expect(await lines()).toEqual(await lines());
    }),
    { numRuns: 100 },
  );
});
