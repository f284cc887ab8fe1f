import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { MemoryLimits } from "../../../src/core/run-settings.ts";
import { checkOperation } from "../../../src/memory/answers.ts";
import { type ParsedItem, parseTurn } from "../../../src/memory/grammar.ts";
import { toGbnf } from "../../../src/memory/reply-grammar/gbnf.ts";
import { type ReplyShapeInput, replyShape, writableActions } from "../../../src/memory/reply-grammar/shape.ts";
import { accepts, drawText, readGbnf } from "./gbnf-language.ts";
import { baseTable, drawFrom, shapeInputs } from "./support.ts";

const limits = v.parse(MemoryLimits, {});

const place = (changes: Partial<ReplyShapeInput> = {}): ReplyShapeInput => ({
  phase: "log",
  table: baseTable,
  hidden: [],
  files: ["map.txt", "notes.txt"],
  mayMakeFiles: true,
  actions: ["Move West", "Noop"],
  first: true,
  last: false,
  maxTokens: 512,
  writeCharacters: 16_384,
  ...changes,
});
const language = (changes: Partial<ReplyShapeInput> = {}) => readGbnf(toGbnf(replyShape(place(changes))));

describe("every reply that the grammar accepts", () => {
  test("is well-formed operations that are open in the phase, and ends it or only looks up", () => {
    fc.assert(
      fc.property(shapeInputs, fc.integer(), (input, seed) => {
        const rules = readGbnf(toGbnf(replyShape(input)));
        const draw = drawFrom(seed);
        for (let count = 0; count < 5; count += 1) {
          const text = drawText(rules, draw);
          expect(accepts(rules, text)).toBe(true);
          checkReply(text, input);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("fits the limit where a token has two characters, an operation takes 32 more and DONE eight", () => {
    fc.assert(
      fc.property(shapeInputs, fc.integer(), (input, seed) => {
        fc.pre(input.maxTokens >= 64);
        const text = drawText(readGbnf(toGbnf(replyShape({ ...input, table: baseTable }))), drawFrom(seed));
        const tokens = parseTurn(text, baseTable, false).map((item) => {
          if (item.kind === "failure") throw new Error(item.failure);
          const { name, arguments: given } = item.operation;
          if (name === "DONE") return 8;
          return 32 + (name === "APPEND" || name === "WRITE" ? Array.from(given[1]!).length / 2 : 0);
        });
        expect(tokens.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(input.maxTokens);
      }),
    );
  });
});

function checkReply(text: string, input: ReplyShapeInput): void {
  const items = parseTurn(text, input.table, false);
  expect(items.length).toBeGreaterThan(0);
  const effects = items.map((item) => effectOf(item, input));
  const [end, ...before] = effects.reverse();
  if (end !== "end") {
    expect(input.last).toBe(false);
    expect(new Set(effects)).toEqual(new Set(["read"]));
  } else if (input.phase === "plan") expect(before).toEqual([]);
  else expect(before.every((effect) => effect === "write")).toBe(true);
}

function effectOf(item: ParsedItem, input: ReplyShapeInput): string {
  if (item.kind === "failure") throw new Error(`${item.failure}: ${JSON.stringify(item.raw)}`);
  expect(item.unclosed).toBe(false);
  const { operation } = item;
  const definition = input.table.get(operation.name)!;
  expect(checkOperation(operation, definition, input.phase, limits)).toBeUndefined();
  if (operation.name === "ACTION") expect(input.actions).toContain(operation.arguments[0]!);
  if (definition.effect === "read") {
    for (const [at, kind] of definition.arguments.entries())
      if (kind === "file") expect(input.files).toContain(operation.arguments[at]!);
  }
  return definition.effect;
}

describe("LOG", () => {
  test("records one to four things and ends, or looks up at most two and goes on", () => {
    const rules = language();
    const append = "<|APPEND|>map.txt|The door is in the east.<|END|>";
    expect(accepts(rules, `${append}\n<|DONE|>`)).toBe(true);
    expect(accepts(rules, `${append.repeat(4)}<|DONE|>`)).toBe(true);
    expect(accepts(rules, `${append.repeat(5)}<|DONE|>`)).toBe(false);
    expect(accepts(rules, append)).toBe(false);
    expect(accepts(rules, "<|DONE|>")).toBe(false);
    const read = "<|READ|>map.txt<|END|>";
    expect(accepts(rules, `${read}\n${read}`)).toBe(true);
    expect(accepts(rules, read.repeat(3))).toBe(false);
    expect(accepts(rules, `${read}${append}<|DONE|>`)).toBe(false);
  });

  test("where it has one call alone may end at once: there is no other call to look up in, or to end without a record", () => {
    const rules = language({ first: true, last: true });
    expect(accepts(rules, "<|DONE|>")).toBe(true);
    expect(accepts(rules, "<|APPEND|>notes.txt|x<|END|><|DONE|>")).toBe(true);
    expect(accepts(rules, "<|READ|>notes.txt<|END|>")).toBe(false);
  });

  test("may end without recording more once it has looked something up", () => {
    expect(accepts(language({ first: false }), "<|DONE|>")).toBe(true);
  });

  test("reads files that exist, writes those and new ones by the rule for names, makes new ones only", () => {
    const rules = language({ last: false });
    expect(accepts(rules, "<|READ|>other.txt<|END|>")).toBe(false);
    expect(accepts(rules, "<|APPEND|>other.txt|x<|END|><|DONE|>")).toBe(true);
    expect(accepts(rules, "<|APPEND|>a/b.txt|x<|END|><|DONE|>")).toBe(false);
    expect(accepts(rules, "<|APPEND|>lines\nfile.txt|x<|END|><|DONE|>")).toBe(false);
    expect(accepts(rules, "<|CREATE|>other.txt<|END|><|DONE|>")).toBe(true);
  });

  test("with a full folder writes what exists only", () => {
    const rules = language({ mayMakeFiles: false });
    expect(accepts(rules, "<|APPEND|>other.txt|x<|END|><|DONE|>")).toBe(false);
    expect(accepts(rules, "<|CREATE|>other.txt<|END|><|DONE|>")).toBe(false);
    expect(accepts(rules, "<|APPEND|>notes.txt|x<|END|><|DONE|>")).toBe(true);
  });

  test("texts hold several lines and bars, but no tag and no control character", () => {
    const rules = language();
    const reply = (text: string) => `<|WRITE|>map.txt|${text}<|END|><|DONE|>`;
    expect(accepts(rules, reply("one\n\ntwo | three }"))).toBe(true);
    for (const text of ["a<b", "a>b", "<|END|>", "\u0007", "a\u0085", "", " a"]) {
      expect(accepts(rules, reply(text))).toBe(false);
    }
  });

  test("a text is as long as the tokens allow, and never longer than a write may be", () => {
    const longest = (changes: Partial<ReplyShapeInput>) =>
      Number(/^text(\d+) ::=/m.exec(toGbnf(replyShape(place(changes))))?.[1]);
    expect(longest({ maxTokens: 64 })).toBe(48);
    expect(longest({ maxTokens: 512 })).toBe(188);
    expect(longest({ maxTokens: 100_000 })).toBe(1_000);
    expect(longest({ writeCharacters: 30 })).toBe(30);
  });
});

describe("PLAN", () => {
  test("acts once with one of the game's names, or looks up", () => {
    const rules = language({ phase: "plan" });
    expect(accepts(rules, "<|ACTION|>Move West<|END|>")).toBe(true);
    expect(accepts(rules, "<|ACTION|>move west<|END|>")).toBe(false);
    expect(accepts(rules, "<|ACTION|>Noop<|END|><|ACTION|>Noop<|END|>")).toBe(false);
    expect(accepts(rules, "<|SEARCH|>notes.txt|water<|END|>\n<|TAIL|>map.txt|12<|END|>")).toBe(true);
    expect(accepts(rules, "<|APPEND|>map.txt|x<|END|>")).toBe(false);
  });

  test("in its last call can only act", () => {
    expect(toGbnf(replyShape(place({ phase: "plan", last: true })))).toBe(
      'root ::= "<|ACTION|>" action "<|END|>"\naction ::= "Move West" | "Noop"\n',
    );
  });

  test("can only act while there are no files", () => {
    const rules = language({ phase: "plan", files: [] });
    expect([...rules.keys()]).toEqual(["root", "action"]);
  });
});

test("hidden operations are left out, and those that the scaffold adds are in", () => {
  const gbnf = toGbnf(replyShape(place({ hidden: ["TAIL", "CREATE"] })));
  expect(gbnf).not.toContain("TAIL");
  expect(gbnf).not.toContain("CREATE");
  expect(gbnf).toContain("SEARCH");
});

test("an equal place gives an equal text", () => {
  expect(toGbnf(replyShape(place()))).toBe(toGbnf(replyShape(place())));
});

test("action names that would not be read back are left out", () => {
  const names = ["north", " north", "a\nb", "<|END|>", "x<|END|>", "<", 'quote"back\\slash', "", "x".repeat(201)];
  expect(writableActions(names, baseTable)).toEqual(["north", "<", 'quote"back\\slash']);
});
