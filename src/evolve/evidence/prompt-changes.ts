/**
 * What is new in a message to the model. Most of a prompt is as in the step before, and what it shows of the observation stands above it: such
 * lines are counted, not shown again.
 */
import type { ChatMessage } from "../../core/chat-model.ts";

export interface KnownLines {
  /** `as before`, `of the observation`: for the mark. */
  where: string;
  lines: ReadonlySet<string>;
}

/** Lines in order: runs of known ones as a mark, runs of new ones as their text. Blank lines belong to the run they stand in. */
export function newLines(text: string, known: readonly KnownLines[]): ({ mark: string } | { text: string })[] {
  const runs: { where: string | undefined; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const bare = line.trim();
    const last = runs.at(-1);
    const where = bare === "" && last ? last.where : known.find(({ lines }) => lines.has(bare))?.where;
    if (last !== undefined && last.where === where) last.lines.push(line);
    else runs.push({ where, lines: [line] });
  }
  return runs.map(({ where, lines }) =>
    where === undefined
      ? { text: lines.join("\n") }
      : { mark: `[${lines.length} ${lines.length === 1 ? "line" : "lines"} ${where}]` },
  );
}

/** Without outer space, so that trimmed copies are known too. */
export function lineSet(...texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => text.split("\n")).map((line) => line.trim()));
}

export function textOf(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join("\n\n");
}
