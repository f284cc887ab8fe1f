/**
 * Texts as the page shows them. What the page shows was written by games, models and scaffolds; characters that nobody can see, that turn the
 * order of others round, or that pile up over their neighbours would let a text look like another one, or like a part of the page. They are
 * shown as marks: `⟨ESC⟩` for a control character that has a name people know, `⟨U+202E⟩` for the rest. Pure.
 *
 * Source of what is to be shown: Unicode Technical Report 36 ("Unicode Security Considerations"), section 2, and the advice for source code of
 * Boucher and Anderson, "Trojan Source" (2021).
 */

/** Marks that stand on one character at most; more would reach over the lines above and below. */
const mostMarks = 4;

/** First and last of what is shown as a mark. Variation selectors, which make emoji of signs, are not among them. */
const unseenRanges: readonly (readonly [number, number, string])[] = [
  [0x00, 0x08, "controls, but for tab and line end"],
  [0x0b, 0x1f, "controls"],
  [0x7f, 0x9f, "controls"],
  [0xad, 0xad, "soft hyphen"],
  [0x34f, 0x34f, "combining grapheme joiner"],
  [0x61c, 0x61c, "Arabic letter mark"],
  [0x115f, 0x1160, "Hangul fillers"],
  [0x17b4, 0x17b5, "inherent vowels"],
  [0x180b, 0x180f, "Mongolian selectors"],
  [0x200b, 0x200f, "zero-width and direction marks"],
  [0x2028, 0x202e, "separators of lines and paragraphs, embeddings and overrides of direction"],
  [0x2060, 0x206f, "invisible operators, isolates of direction"],
  [0x3164, 0x3164, "Hangul filler"],
  [0xd800, 0xdfff, "halves of pairs that stand alone"],
  [0xfeff, 0xfeff, "byte order mark"],
  [0xffa0, 0xffa0, "Hangul filler"],
  [0xfff0, 0xfffb, "interlinear notes"],
  [0xe0000, 0xe0fff, "tags"],
];

const unseen = new RegExp(
  `[${unseenRanges.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join("")}]`,
  "gu",
);
const piled = new RegExp(`(\\p{M}{${mostMarks}})(\\p{M}+)`, "gu");
/** Most texts have none of it all. */
const plain = /^[\t\n\x20-\x7e]*$/;

/** As terminals and tables of characters call them. Pictures of them (U+2400 on) are in few fonts. */
const names = new Map([
  [0x00, "NUL"],
  [0x07, "BEL"],
  [0x08, "BS"],
  [0x0d, "CR"],
  [0x1b, "ESC"],
  [0x7f, "DEL"],
]);

const joiner = "\u200d";

/** The text with marks in place of what cannot be seen. Line ends and tabs stay; so does what joins emoji into one. */
export function visible(text: string): string {
  if (plain.test(text)) return text;
  return text.replaceAll("\r\n", "\n").replace(unseen, markOf).replace(piled, withoutPile);
}

function withoutPile(_: string, kept: string, rest: string): string {
  return `${kept}⟨${[...rest].length} more marks⟩`;
}

function markOf(character: string, place: number, text: string): string {
  if (character === joiner && joinsEmoji(text, place)) return character;
  const code = character.codePointAt(0)!;
  return `⟨${names.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}⟩`;
}

function joinsEmoji(text: string, place: number): boolean {
  const before = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier})\ufe0f?$/u.test(
    text.slice(Math.max(0, place - 4), place),
  );
  return before && /^\p{Extended_Pictographic}/u.test(text.slice(place + 1, place + 3));
}
