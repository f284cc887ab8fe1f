import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitParts } from "../../src/store/text-parts.ts";
import { TraceDecoder, TraceEncoder } from "../../src/store/text-table.ts";

/** Texts that repeat, with blank lines, quotes, line separators and halves of surrogate pairs. */
const piece = fc.constantFrom(
  "a",
  "\n",
  "\n\n",
  "\n\n\n",
  '"',
  "\\",
  "\u2028",
  "\ud800",
  "é",
  "🌲",
  '{"$":[0]}',
  "line of text\n",
  "x".repeat(70),
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
const key = fc.oneof(text, fc.constantFrom("$", "$$", "$$$", "__proto__", "constructor", "t", "1", "0"));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));

describe("text table", () => {
  test("gives back every JSON value, line after line", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (values) => {
        const encoder = new TraceEncoder();
        const decoder = new TraceDecoder();
        for (const original of values) {
          const line = encoder.encode(original);
          expect(line).not.toInclude("\n");
          expect(JSON.stringify(sorted(decoder.decode(line)))).toBe(JSON.stringify(sorted(original)));
        }
      }),
      { numRuns: 400 },
    );
  });

  test("parts are numbered in the order of keys as written, also where a key looks like a number", () => {
    const long = "x".repeat(70);
    const other = "y".repeat(70);
    const original = { "": long, "0": long, "10": other, "9": other, "!": long };
    const line = new TraceEncoder().encode(original);
    expect(new TraceDecoder().decode(line)).toEqual(original);
  });

  test("text made to look like a reference stays text", () => {
    const encoder = new TraceEncoder();
    const hostile = [{ $: [0] }, { $$: { $: "x".repeat(80) } }, '{"$":[0]}', { $: ["y".repeat(80)] }];
    const decoder = new TraceDecoder();
    for (const original of hostile) expect(decoder.decode(encoder.encode(original))).toEqual(original);
  });

  test("a text told again costs a number", () => {
    const encoder = new TraceEncoder();
    const long = "The same instructions, over and over again, in every single prompt there is.";
    encoder.encode(long);
    expect(encoder.encode(long)).toBe('{"$":[0]}');
  });

  test("a file shown again with lines added costs about the lines", () => {
    const encoder = new TraceEncoder();
    let file = "";
    for (let line = 0; line < 400; line++)
      file += `- step ${line}: saw a tree at ${(line * 7919) % 64}, ${(line * 31) % 64}\n`;
    const first = encoder.encode(file).length;
    expect(encoder.encode(`${file}- one line more\n`).length).toBeLessThan(first / 10);
  });

  test("equal values with keys in another order give equal text", () => {
    expect(new TraceEncoder().encode({ b: 1, a: [{ d: 1, c: 2 }] })).toBe(
      new TraceEncoder().encode({ a: [{ c: 2, d: 1 }], b: 1 }),
    );
  });

  test("refuses numbers that JSON cannot hold, and references to nothing", () => {
    expect(() => new TraceEncoder().encode({ a: Number.NaN })).toThrow(TypeError);
    for (const line of ['{"$":[0]}', '{"$":["a",1]}', '{"$":7}', '{"$":[-1]}', '{"$":["a",null]}', "{"]) {
      expect(() => new TraceDecoder().decode(line)).toThrow(expect.objectContaining({ code: "corrupt-journal" }));
    }
  });

  test("parts of any text join to the text", () => {
    fc.assert(fc.property(text, (original) => splitParts(original).join("") === original));
  });
});

/** Keys in one order, "__proto__" kept as a plain property. */
function sorted(original: unknown): unknown {
  if (Array.isArray(original)) return original.map(sorted);
  if (typeof original !== "object" || original === null) return Object.is(original, -0) ? 0 : original;
  return Object.keys(original)
    .sort()
    .map((name) => [name, sorted((original as Record<string, unknown>)[name])]);
}
