/**
 * Splits a text where other texts are likely to split too, so that what repeats in a trace (instructions, files shown again, notices)
 * is the same part each time: after blank lines, and in long stretches after lines whose content says so (content-defined chunks, as in
 * rsync and restic), so that a file with lines added still shares all but its end.
 */

/** UTF-16 code units after which a part may end at a line that has no blank line behind it. */
const longPart = 384;

/** Parts in order; joined they are the text. Never splits a line. */
export function splitParts(text: string): string[] {
  const parts: string[] = [];
  let partStart = 0;
  let lineStart = 0;
  while (lineStart < text.length) {
    const newline = text.indexOf("\n", lineStart);
    if (newline < 0) break;
    const next = newline + 1;
    const blankEnds = newline === lineStart && text[next] !== "\n";
    const long = next - partStart >= longPart && isBoundary(text, lineStart, newline);
    if ((blankEnds || long) && next < text.length) {
      parts.push(text.slice(partStart, next));
      partStart = next;
    }
    lineStart = next;
  }
  parts.push(text.slice(partStart));
  return parts;
}

/** About one line in four, decided by the line's own content. */
function isBoundary(text: string, start: number, end: number): boolean {
  let sum = 0;
  for (let index = start; index < end; index++) sum = (sum * 31 + text.charCodeAt(index)) | 0;
  return ((sum ^ (sum >>> 15)) & 3) === 0;
}
