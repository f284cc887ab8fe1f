/** Gives notes a form: a file for each kind of thing, one short line a fact. Part of a scaffold package: runs in the sandbox. */
import type { Operation, Scaffold } from "automem";
import { beforeEnding } from "./prompt-section.ts";

/** File, what goes there, and the form of a line. */
const kinds: readonly (readonly [file: string, what: string, form: string])[] = [
  ["facts.txt", "what was said or shown and holds", "who or what: fact"],
  ["places.txt", "what is where", "thing: place, or the way to it"],
  ["lessons.txt", "what worked and what failed", "action in which case: what came of it"],
];

/** Characters of a line, and lines of one write. */
const lineCharacters = 200;
const writeLines = 4;

export function noteForm<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    initFiles: (ctx) => ({
      ...Object.fromEntries(kinds.map(([file, what, form]) => [file, `# ${what}; one line each: ${form}\n`])),
      ...inner.initFiles?.(ctx),
    }),
    logPrompt: (ctx) =>
      beforeEnding(
        inner.logPrompt(ctx),
        `Where notes belong, one short line each:\n${kinds.map(([file, what, form]) => `- ${file}: ${what} (${form})`).join("\n")}`,
      ),
    onOperation(ctx, operation, phase) {
      const verdict = inner.onOperation?.(ctx, operation, phase);
      if (verdict !== undefined && verdict.verdict !== "allow") return verdict;
      const fault = formFault(operation);
      return fault === undefined ? verdict : { verdict: "refuse", text: fault };
    },
  };
}

/** Why an APPEND is no note; `undefined` if it is one. WRITE stays free: it puts a file in order. */
function formFault({ name, arguments: given }: Operation): string | undefined {
  if (name !== "APPEND") return undefined;
  const rows = (given[1] ?? "").split("\n").filter((line) => line.trim() !== "");
  if (rows.length > writeLines)
    return `Not added: ${rows.length} lines at once. Add ${writeLines} at most: only what will matter later.`;
  const long = rows.find((line) => line.length > lineCharacters);
  if (long === undefined) return undefined;
  return `Not added: a line of ${long.length} characters. Say it in ${lineCharacters} at most.`;
}
