/** Refuses to append lines that stand in memory already, and says where. Part of a scaffold package: runs in the sandbox. */
import type { Operation, ReadContext, Scaffold } from "automem";
import { noteLines, plain } from "./note-lines.ts";
import { short } from "./prompt-section.ts";

export function noRepeats<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    onOperation(ctx, operation, phase) {
      const verdict = inner.onOperation?.(ctx, operation, phase);
      if (verdict !== undefined && verdict.verdict !== "allow") return verdict;
      const text = repetition(ctx, operation);
      return text === undefined ? verdict : { verdict: "refuse", text };
    },
  };
}

/** Why an APPEND adds nothing; `undefined` if it adds something. */
function repetition<State>(ctx: ReadContext<State>, { name, arguments: given }: Operation): string | undefined {
  const [, text = ""] = given;
  if (name !== "APPEND" || text.trim() === "") return undefined;
  const where = new Map(noteLines(ctx.memory).map((note) => [plain(note.text), note.file]));
  const wanted = text
    .split("\n")
    .map(plain)
    .filter((line) => line !== "");
  const files = wanted.map((line) => where.get(line));
  if (files.some((file) => file === undefined)) return undefined;
  return `Not added: ${files[0]} says "${short(text, 80)}" already. Add what is new, or end with <|DONE|>`;
}
