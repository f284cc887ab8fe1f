/** Shows in PLAN the newest lines that were written into each file. Part of a scaffold package: runs in the sandbox. */
import { lines, type ReadContext, type Scaffold } from "automem";
import { beforeEnding, short } from "./prompt-section.ts";

/** Lines of a file, and characters of all, shown at most. */
const fileLines = 8;
const sectionCharacters = 2_000;

export function inlineNotes<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    planPrompt(ctx) {
      const seeded = inner.initFiles?.(ctx) ?? {};
      return beforeEnding(inner.planPrompt(ctx), newestNotes(ctx, seeded));
    },
  };
}

function newestNotes<State>({ memory }: ReadContext<State>, seeded: { [file: string]: string }): string | undefined {
  const parts: string[] = [];
  let left = sectionCharacters;
  for (const { name } of memory.list()) {
    const content = memory.read(name) ?? "";
    const start = seeded[name] ?? "";
    if (content === start) continue;
    const own = content.startsWith(start) ? content.slice(start.length) : content;
    const shown = lines(own)
      .filter((line) => line.trim() !== "")
      .slice(-fileLines)
      .map((line) => `  ${short(line, 160)}`);
    const part = `${name}:\n${shown.join("\n")}`;
    if (shown.length === 0 || part.length > left) continue;
    left -= part.length;
    parts.push(part);
  }
  return parts.length === 0 ? undefined : `The newest of your notes, file by file:\n${parts.join("\n")}`;
}
