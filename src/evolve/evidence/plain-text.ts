/**
 * Text from games, models and scaffolds made safe to stand in a file of evidence: nothing in it can drive a terminal, or look like a line that
 * automem wrote. Pure.
 *
 *   > a line as it was       every line of such a text begins with ">" and a space (an empty one is ">" alone)
 *   >+ its continuation      a line longer than 500 characters is broken; automem alone writes ">+"
 */

/** Characters of a line, before it is broken. */
const lineCharacters = 500;
/** Characters of a text shown in place; a longer one is shown up to here, and kept whole in a file of its own. */
export const shownInPlace = 6_000;
const inlineCharacters = 160;

/** Control characters, marks that reorder text, other line ends, and halves of pairs become visible; line feeds and tabs stay. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\n\t])[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 32 ? String.fromCodePoint(0x2400 + code) : `\\u${code.toString(16).padStart(4, "0")}`;
    });
}

/** The text's lines, visible, long ones broken into pieces. A line feed at the end begins no line, and an empty text has none. */
export function brokenLines(text: string): string[][] {
  if (text === "") return [];
  const shown = visible(text);
  const lines = (shown.endsWith("\n") ? shown.slice(0, -1) : shown).split("\n");
  return lines.map((line) => (line.length <= lineCharacters ? [line] : pieces(line)));
}

/** A text as quoted lines, `mark` (such as `+ `) before each. */
export function quoted(text: string, mark = ""): string[] {
  return brokenLines(text).flatMap((line) =>
    line.map((piece, index) => (index > 0 ? `>+ ${piece}` : `> ${mark}${piece}`.trimEnd())),
  );
}

/** A text for the middle of one of our lines: as a JSON string, cut after 160 characters with a mark that says so. */
export function inline(text: string): string {
  const cut = text.length > inlineCharacters;
  const shown = visible(JSON.stringify(cut ? text.slice(0, inlineCharacters).toWellFormed() : text));
  return cut ? `${shown} (cut; ${text.length} characters)` : shown;
}

/** A name as part of a path: as it is if it is plain, else changed, with its place `index` in front to keep names apart. */
export function safeName(name: string, index: number): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  return `_${index}_${name.replaceAll(/[^A-Za-z0-9._-]+/g, "_").slice(0, 60)}`;
}

/** Never inside a pair of surrogates. */
function pieces(line: string): string[] {
  const found: string[] = [];
  for (let start = 0; start < line.length; ) {
    let end = Math.min(start + lineCharacters, line.length);
    if (end < line.length && isHighSurrogate(line.charCodeAt(end - 1))) end--;
    found.push(line.slice(start, end));
    start = end;
  }
  return found;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
