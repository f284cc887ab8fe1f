import { expect, test } from "bun:test";
import fc from "fast-check";
import { commandText, shellWords } from "../../src/core/shell-words.ts";

test("a shell reads back the words", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string().filter((word) => !word.includes("\0")),
        { minLength: 1, maxLength: 4 },
      ),
      async (words) => {
        const shell = Bun.spawn(["sh", "-c", `printf '%s\\0' ${shellWords(words)}`], { stdout: "pipe" });
        expect((await new Response(shell.stdout).text()).split("\0").slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 40 },
  );
});

test("a command line is told as it would be typed again, whatever was only for what is printed", () => {
  expect(commandText(["run", "courier", "--json", "--task", "a b"])).toBe("automem run courier --task 'a b'");
});
