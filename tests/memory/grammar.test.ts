import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type ParsedItem, parseTurn } from "../../src/memory/grammar.ts";
import { modelOutput, table } from "./support.ts";

/** An item in one line: `READ[a.txt]`, `APPEND[a|b]?` if unclosed, `!kind NAME` for a failure. */
function brief(item: ParsedItem): string {
  if (item.kind === "failure") return `!${item.failure} ${item.name}${item.cut ? " cut" : ""}`;
  return `${item.operation.name}[${item.operation.arguments.join("¦")}]${item.unclosed ? "?" : ""}`;
}

const read = (text: string, cut = false) => parseTurn(text, table, cut).map(brief);

describe("grammar", () => {
  test("reads operations in the order written", () => {
    expect(read("Hm. <|WRITE|>a|x<|END|> then <|APPEND|>a|y<|END|>\n<|READ|>a<|END|><|DONE|>")).toEqual([
      "WRITE[a¦x]",
      "APPEND[a¦y]",
      "READ[a]",
      "DONE[]",
    ]);
  });

  test.each(["<READ>a<END>", "<|READ>a<|END}", "<READ|>a<END|>", "<|READ|>a<|END|}", "<|READ|> \n a \n<|END|>"])(
    "is lenient about bars and white space: %j",
    (text) => expect(read(text)).toEqual(["READ[a]"]),
  );

  test("the last argument takes all that is left, bars included", () => {
    expect(read("<|APPEND|>a|b|c||d<|END|>")).toEqual(["APPEND[a¦b|c||d]"]);
    expect(read("<|SEARCH|>a| x | y <|END|>")).toEqual(["SEARCH[a¦x | y]"]);
  });

  test("a text loses one newline at each end and nothing else", () => {
    expect(read("<|WRITE|>a|\n\n  x \n\n<|END|>")).toEqual(["WRITE[a¦\n  x \n]"]);
    expect(read("<|WRITE|>a|\r\nx\r\n<|END|>")).toEqual(["WRITE[a¦x]"]);
    expect(read("<|WRITE|>a|\n<|END|>")).toEqual(["WRITE[a¦]"]);
  });

  test("a text ends at a literal END inside it; the rest is outside", () => {
    expect(read("<|WRITE|>a|say <|END|> to stop<|END|>")).toEqual(["WRITE[a¦say ]", "!stray-end END"]);
  });

  test("tags of no operation are text inside a text, and attempts outside", () => {
    expect(read("<|WRITE|>a|<|FLY|> <b> <|im_end|><|END|>")).toEqual(["WRITE[a¦<|FLY|> <b> <|im_end|>]"]);
    expect(read("<|FLY|>north<|END|> <FLY> <b> <|im_end|>")).toEqual(["!unknown-operation FLY"]);
    expect(read("<|FLY|><|FLY|>x<|END|>")).toEqual(["!unknown-operation FLY", "!unknown-operation FLY"]);
  });

  test("a known name in small letters is an attempt", () => {
    expect(read("<|read|>a<|END|>")).toEqual(["!unknown-operation read"]);
  });

  test("an unclosed operation ends at the next tag and runs", () => {
    expect(read("<|APPEND|>a|found wood\n<|READ|>a<|END|>")).toEqual(["APPEND[a¦found wood]?", "READ[a]"]);
    expect(read("<|APPEND|>a|x<|DONE|>")).toEqual(["APPEND[a¦x]?", "DONE[]"]);
  });

  test("an unclosed operation at the end of a whole reply runs; without a text its first line counts", () => {
    expect(read("<|APPEND|>a|found wood\nand stone")).toEqual(["APPEND[a¦found wood\nand stone]?"]);
    expect(read("<|ACTION|>\nmove left\nbecause I like it")).toEqual(["ACTION[move left]?"]);
    expect(read("<|READ|>a\nand then <|FLY|>")).toEqual(["READ[a]?", "!unknown-operation FLY"]);
  });

  test("what a cut reply leaves open is not run, unless its line was finished", () => {
    expect(read("<|APPEND|>a|found wo", true)).toEqual(["!unclosed APPEND cut"]);
    expect(read("<|ACTION|>move_ri", true)).toEqual(["!unclosed ACTION cut"]);
    expect(read("<|ACTION|>noop\nbecause", true)).toEqual(["ACTION[noop]?"]);
    expect(read("<|READ|>a<|END|> so <|APPE", true)).toEqual(["READ[a]", "!unclosed APPE cut"]);
    expect(read("<|WRITE|>a|x<|EN", true)).toEqual(["!unclosed WRITE cut"]);
    expect(read("<|READ|>a<|END|> so I", true)).toEqual(["READ[a]"]);
    expect(read("<|READ|>a<|END|><|DONE|>", true)).toEqual(["READ[a]", "DONE[]"]);
    expect(read("so <|APPE")).toEqual([]);
  });

  test("DONE needs no END and takes one that follows", () => {
    expect(read("<|DONE|>")).toEqual(["DONE[]"]);
    expect(read("<|DONE|><|END|><|READ|>a<|END|>")).toEqual(["DONE[]", "READ[a]"]);
  });

  test("missing arguments are told apart by how the operation ended", () => {
    expect(read("<|SEARCH|>a<|END|>")).toEqual(["!missing-argument SEARCH"]);
    expect(read("<|READ|> <|END|>")).toEqual(["!missing-argument READ"]);
    expect(read("<|WRITE|>|x<|END|>")).toEqual(["!missing-argument WRITE"]);
    expect(read("<|READ|><|TAIL|>a|3<|END|>")).toEqual(["!nested-open READ", "TAIL[a¦3]"]);
    expect(read("<|SEARCH|>a")).toEqual(["!unclosed SEARCH"]);
    expect(read("<|END|>")).toEqual(["!stray-end END"]);
  });

  test("operations of the scaffold are read by their own arguments", () => {
    expect(read("<|UPSERT_MAP|>3,4|a | b<|END|>")).toEqual(["UPSERT_MAP[3,4¦a | b]"]);
  });

  test("every raw span is a part of the reply, in order and without overlap, and every known tag outside a span is none", () => {
    fc.assert(
      fc.property(modelOutput, fc.boolean(), (text, cut) => {
        let from = 0;
        for (const item of parseTurn(text, table, cut)) {
          const at = text.indexOf(item.raw, from);
          expect(at).toBeGreaterThanOrEqual(from);
          expect(text.slice(from, at)).not.toMatch(/<\|(READ|WRITE|APPEND|DONE|ACTION|END|FLY)\|>/);
          from = at + item.raw.length;
        }
        expect(text.slice(from)).not.toMatch(/<\|(READ|WRITE|APPEND|DONE|ACTION|END|FLY)\|>/);
      }),
      { numRuns: 1000 },
    );
  });

  test("well-formed operations come back as written", () => {
    const written = fc.array(
      fc.record({
        name: fc.constantFrom("APPEND", "WRITE"),
        text: fc.string({ unit: "grapheme", maxLength: 30 }).filter((text) => !text.includes("<")),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(written, (operations) => {
        const reply = operations.map(({ name, text }) => `<|${name}|>a.txt|\n${text}\n<|END|>`).join(" and ");
        expect(read(reply)).toEqual(operations.map(({ name, text }) => `${name}[a.txt¦${text}]`));
      }),
    );
  });

  const million = 1_000_000;
  const filled = (unit: string) => unit.repeat(Math.ceil(million / unit.length));
  test.each([
    ["open brackets", filled("<")],
    ["half tags", filled("<|")],
    ["capitals after a bracket", `<|${filled("A")}`],
    ["open tags", filled("<|READ|>")],
    ["open text tags", filled("<|APPEND|>")],
    ["unknown tags in a text", `<|APPEND|>a|${filled("<|FLY|>")}`],
    ["unknown tags", filled("<|FLY|>")],
    ["ends", filled("<|END|>")],
    ["newlines after a tag", `<|READ|>${filled("\n")}`],
    ["tags with newlines", filled("<|READ|>\n\n\n\n ")],
    ["bars", `<|APPEND|>${filled("|")}<|END|>`],
    ["spaces", `<|READ|>${filled(" ")}`],
    ["DONE and text", filled("<|DONE|> x ")],
    ["tabs and newlines in unclosed reads", filled("<|READ|>\t\n")],
  ])("reads a million characters of %s in time that grows with the length", (_, text) => {
    const start = performance.now();
    parseTurn(text, table, true);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
