/** A text from elsewhere (a trainer, a model, a plan) as one line of a table that a model reads. */

/** Characters of it that are shown. */
const LINE_CHARACTERS = 240;

/** Line ends, control characters and the table's own signs become blanks; what is too long is cut, with a mark. */
export function plainLine(text: string, most = LINE_CHARACTERS): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}|`]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  return line.length <= most ? line : `${line.slice(0, most)} [${line.length - most} characters cut]`;
}
