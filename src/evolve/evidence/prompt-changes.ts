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

/** The lines of texts that are not blank, without outer space, so that trimmed copies are known too. */
export function lineSet(...texts: readonly string[]): Set<string> {
  const lines = new Set<string>();
  for (const text of texts) addLines(lines, text);
  return lines;
}

/** Adds the lines of a text as `lineSet` has them. */
export function addLines(lines: Set<string>, text: string): void {
  for (const line of text.split("\n")) {
    const bare = line.trim();
    if (bare !== "") lines.add(bare);
  }
}

export function textOf(messages: readonly ChatMessage[]): string {
  return messages.map(({ content }) => content).join("\n\n");
}
