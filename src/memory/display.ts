/** Fits a result into what may be shown. Nothing is cut without a line that says so. All lengths are UTF-16 code units. */
import { countNewlines } from "./stored-text.ts";

export interface DisplayLimits {
  /** Of the whole result, the note included; 80 or more. */
  characters: number;
  lines: number;
}

/**
 * The text, or its last whole lines under a first line `[Showing the last N of M lines. ...]`. Of a single line too long, its last characters.
 * A newline at the very end is left out. `noun` names the lines in the note.
 */
export function showEnd(text: string, limits: DisplayLimits, noun = "lines"): string {
  const shown = text.endsWith("\n") ? text.slice(0, -1) : text;
  const total = countNewlines(shown) + 1;
  if (total <= limits.lines && shown.length <= limits.characters) return shown;
  const room = limits.characters - linesNote(total, total, noun).length - 1;
  const byLines = lastLinesStart(shown, limits.lines);
  const start = shown.length - byLines <= room ? byLines : lineStartFrom(shown, shown.length - room);
  if (start === undefined) return lastCharacters(shown, limits.characters);
  const end = shown.slice(start);
  return `${linesNote(countNewlines(end) + 1, total, noun)}\n${end}`;
}

/** The last `count` lines of a text, without the newline at its end. */
export function lastLines(text: string, count: number): string {
  const shown = text.endsWith("\n") ? text.slice(0, -1) : text;
  return shown.slice(lastLinesStart(shown, count));
}

/** The text, or its first characters and a line that says how many there were. */
export function showBeginning(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const note = (count: number) => `\n[Showing the first ${count} of ${text.length} characters.]`;
  const head = text.slice(0, characters - note(text.length).length).toWellFormed();
  return head + note(head.length);
}

function lastCharacters(text: string, limit: number): string {
  const note = (count: number) => `[Showing the last ${count} of ${text.length} characters.]`;
  const end = text.slice(text.length - (limit - note(text.length).length - 1)).toWellFormed();
  return `${note(end.length)}\n${end}`;
}

function linesNote(count: number, total: number, noun: string): string {
  return `[Showing the last ${count} of ${total} ${noun}.]`;
}

/** Where the last `count` lines begin. */
function lastLinesStart(text: string, count: number): number {
  let start = text.length;
  for (let left = count; left > 0; left -= 1) {
    if (start === 0) return 0;
    start = text.lastIndexOf("\n", start - 1);
    if (start === -1) return 0;
    if (left === 1) return start + 1;
  }
  return start;
}

/** The first line start at or after `from`; `undefined` if no line begins there. */
function lineStartFrom(text: string, from: number): number | undefined {
  const newline = text.indexOf("\n", Math.max(0, from - 1));
  return newline === -1 || newline + 1 > text.length ? undefined : newline + 1;
}
