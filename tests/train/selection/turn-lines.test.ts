/** Turns as text: whatever a game or a model wrote, no line of it looks like one of ours. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Store } from "../../../src/store/store.ts";
import { readTurns, readTurnTexts } from "../../../src/train/candidates/read-turns.ts";
import type { TurnSummary, TurnTexts } from "../../../src/train/candidates/turn.ts";
import { batchLines, wholeTurn, windowOf } from "../../../src/train/selection/turn-lines.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";

let store: Store;
let turns: TurnSummary[];
let texts: TurnTexts;

beforeAll(async () => {
  store = await freshStore();
  const episode = await recordEpisode(store, courierEntries("perfect"));
  ({ turns } = await readTurns(sourceOf(store), episode));
  const note = turns.find(({ kind }) => kind === "write")!;
  for await (const found of readTurnTexts(store, episode, new Set([note.id]))) texts = found;
});

afterAll(() => {
  store.close();
  removeFolders();
});

const ends = ["\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085"];
const head = "t99  step 1, LOG, call 1  write  value 9.99";
const anyText = fc
  .array(fc.oneof(fc.constantFrom(...ends), fc.constant(head), fc.string({ unit: "binary", maxLength: 400 })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""));

function saying(turn: TurnSummary, text: string): TurnSummary {
  const operations = turn.operations.map((one) => ({
    ...one,
    name: text,
    arguments: [text],
    result: text,
    failure: text,
  }));
  const lines = turn.consequences.lines.map((line) => ({ ...line, file: text, line: text }));
  return {
    ...turn,
    sees: { long: text, short: text },
    reply: text,
    cut: true,
    operations,
    action: { name: text, valid: false, fallback: true },
    consequences: { ...turn.consequences, lines },
  };
}

test("in a list, each turn is one head and lines of ours, none of them long", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = batchLines(turns.slice(0, 6).map((turn) => saying(turn, text)));
      const lines = shown.split(/[\n\r\u2028\u2029\u0085]/).filter((line) => line !== "");
      const heads = lines.filter((line) => /^t\d/.test(line));
      expect(heads.map((line) => line.split(" ")[0])).toEqual(["t1", "t2", "t3", "t4", "t5", "t6"]);
      for (const line of lines.slice(1)) expect(line).toMatch(/^(t\d| {2}(sees|said|op|then|\())/);
      for (const line of lines) expect(line.length).toBeLessThan(2_000);
    }),
    { numRuns: 200 },
  );
});

test("a whole turn quotes every line of its conversation, reply and results", () => {
  const note = turns.find(({ kind }) => kind === "write")!;
  fc.assert(
    fc.property(anyText, (text) => {
      const said = {
        ...texts,
        reply: text,
        messages: texts.messages.map((message) => ({ ...message, content: text })),
      };
      const shown = wholeTurn(saying(note, text), said, "t1");
      const lines = shown.split(/[\n\r\u2028\u2029\u0085]/).slice(1);
      for (const line of lines) {
        expect(line).toMatch(/^($|>|- |What came of it:|Message \d+, \w+:|The reply|Operation \d+, )/);
      }
    }),
    { numRuns: 200 },
  );
});

test("windows of a text join to the whole of it", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3_000 }), fc.integer({ min: 200, max: 500 }), (text, most) => {
      let joined = "";
      for (let from = 0; from < text.length; from += most) {
        joined += windowOf(text, from, most)
          .replace(/^\[\d+ characters before this\]\n/, "")
          .replace(/\n\[\d+ more characters; go on from \d+\]$/, "");
      }
      expect(joined).toBe(text);
    }),
  );
  expect(windowOf("abc", 9, 200)).toBe("[3 characters before this]\n");
});
