/** A command line as words. */
import { expect, test } from "bun:test";
import { splitWords } from "../../../src/campaign/program/words.ts";

test.each([
  ["codex exec --full-auto", ["codex", "exec", "--full-auto"]],
  ["  a   b ", ["a", "b"]],
  [`run "two words" 'it is'`, ["run", "two words", "it is"]],
  [`a "" b`, ["a", "", "b"]],
  [String.raw`a\ b "c\"d" 'e\f'`, ["a b", 'c"d', "e\\f"]],
  ["--name=$HOME *", ["--name=$HOME", "*"]],
])("%s", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test.each(["", "   ", 'a "b', "it's"])("%p is refused", (line) => {
  expect(() => splitWords(line)).toThrow();
});
