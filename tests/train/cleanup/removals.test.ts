import { expect, test } from "bun:test";
import fc from "fast-check";
import { operationTable } from "../../../src/memory/operation-table.ts";
import { cleanTurn } from "../../../src/train/cleanup/clean-turn.ts";
import { removalsOf } from "../../../src/train/cleanup/removals.ts";

const table = operationTable([]);

test("each rule tells what it took away", () => {
  const text = "```\n<|APPEND|>a.txt|x\n<|END|>\n```\n<|DONE|>\nThat is all.";
  const removals = removalsOf({ phase: "log", text, cut: false }, table);
  expect(removals.map(({ rule }) => rule)).toEqual(["fences", "done"]);
  expect(removals[0]!.pieces.join("")).toContain("```");
  expect(removals[1]!.pieces).toEqual(["\nThat is all."]);
  const consulting = { phase: "plan" as const, text: "<|SEARCH|>a|b<|END|> <|ACTION|>go<|END|>", cut: false };
  expect(removalsOf(consulting, table)[0]).toEqual({ rule: "action", pieces: ["<|ACTION|>go<|END|>"] });
  expect(removalsOf({ phase: "plan", text: "<|ACTION|>go<|END|>", cut: false }, table)).toEqual([]);
});

test("the pieces, with what is learnt, are as long as what was written, and name the rules of the clean-up", () => {
  const part = fc.constantFrom("```\n", "<|APPEND|>a.txt|x<|END|>", "<|DONE|>", "<|ACTION|>go<|END|>", " well ", "\n");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom("log" as const, "plan" as const), (parts, phase) => {
      const turn = { phase, text: parts.join(""), cut: false };
      const clean = cleanTurn(turn, table);
      if ("setAside" in clean) return;
      const removals = removalsOf(turn, table);
      const gone = removals.flatMap(({ pieces }) => pieces).join("").length;
      expect(gone + clean.text.length).toBe(turn.text.length);
      expect(new Set(removals.map(({ rule }) => rule))).toEqual(new Set(clean.cleaned));
    }),
  );
});
