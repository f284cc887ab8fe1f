/** What is taken out of a specialist's reply before the base model sees it. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isActionAttempt, withoutActions } from "../../src/agent/strip-actions.ts";
import { parseSpans, parseTurn } from "../../src/memory/grammar.ts";
import { modelOutput, table } from "../memory/support.ts";

const strip = (text: string, cut = false) => withoutActions(text, table, cut);
const long = "n".repeat(300);

describe("stripping", () => {
  test.each([
    ["well-formed", "I go. <|ACTION|>north<|END|>", "I go."],
    ["the only thing", "<|ACTION|>north<|END|>", ""],
    ["two", "<|ACTION|>north<|END|>\nNo.\n<|ACTION|>south<|END|>", "No."],
    ["between look-ups", "<|READ|>a<|END|><|ACTION|>x<|END|><|COUNT|>b<|END|>", "<|READ|>a<|END|><|COUNT|>b<|END|>"],
    ["unclosed at the end", "So:\n<|ACTION|>north", "So:"],
    ["unclosed, with words on the next line", "<|ACTION|>north\nbecause it is free", "because it is free"],
    ["unclosed before a look-up", "<|ACTION|>north <|READ|>a<|END|>", "<|READ|>a<|END|>"],
    ["over-long", `<|ACTION|>${long}<|END|> Yes.`, "Yes."],
    ["on several lines", "<|ACTION|>north\nsouth<|END|>", ""],
    ["without a name", "<|ACTION|><|END|>", ""],
    ["with bars left out", "<ACTION>north<END>", ""],
    ["in small letters", "<|action|>north<|END|>", ""],
    ["in small letters, unclosed", "Look.\n<|Action|>north\nWell.", "Look.\n\nWell."],
  ])("takes out an ACTION: %s", (_name, text, rest) => expect(strip(text)).toBe(rest));

  test("takes out what the token limit broke off", () => {
    expect(strip("Then <|ACTION|>nor", true)).toBe("Then");
    expect(strip("Then <|ACT", true)).toBe("Then");
    expect(strip("Then <|REA", true)).toBe("Then <|REA");
  });

  test("leaves no ACTION that taking one out would put together", () => {
    expect(strip("<|ACT<|ACTION|>x<|END|>ION|>north<|END|>")).toBe("");
  });

  test("leaves a reply without any as it is, outer blanks too", () => {
    expect(strip("  I would act north.\n<|READ|>a<|END|>\n")).toBe("  I would act north.\n<|READ|>a<|END|>\n");
  });

  test("leaves what stands in other operations", () => {
    const text = "<|SEARCH|>a|ACTION north<|END|>";
    expect(strip(text)).toBe(text);
  });

  test("property: of any reply nothing is left that reads as an ACTION, and it is done at once", () => {
    fc.assert(
      fc.property(modelOutput, fc.boolean(), (text, cut) => {
        const rest = strip(text, cut);
        expect(parseTurn(rest, table, cut).some(isActionAttempt)).toBe(false);
        expect(strip(rest, cut)).toBe(rest);
        expect(rest.length).toBeLessThanOrEqual(text.length);
        if (!parseTurn(text, table, cut).some(isActionAttempt)) expect(rest).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test("property: all else is kept, in order", () => {
    const kept = fc.constantFrom(
      "Hm, north?",
      "<|READ|>a<|END|>",
      "<|SEARCH|>b|c<|END|>",
      "<|DONE|>",
      "<|FLY|>x<|END|>",
    );
    const gone = fc.constantFrom(
      "<|ACTION|>go<|END|>",
      `<|ACTION|>${long}<|END|>`,
      "<|action|>go<|END|>",
      "<|ACTION|>go",
      "<|ACTION|>\ngo",
    );
    const part = fc.oneof(
      kept.map((text) => ({ text, kept: true })),
      gone.map((text) => ({ text, kept: false })),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const rest = strip(parts.map(({ text }) => text).join("\n"));
        const expected = parts.filter((one) => one.kept).map(({ text }) => text);
        expect(rest.split("\n").filter((line) => line !== "")).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test("property: the spans of a reply are its items, in order and apart", () => {
    fc.assert(
      fc.property(modelOutput, fc.boolean(), (text, cut) => {
        let from = 0;
        for (const { item, start, end } of parseSpans(text, table, cut)) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(text.slice(start, end)).toBe(item.raw);
          from = end;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
