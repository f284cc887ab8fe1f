/**
 * Text as the memory folder keeps it: line ends are `\n`, and no control character (tab and newline apart) or half surrogate pair is left,
 * so that whatever a model writes can be stored, shown and sent as UTF-8 without change.
 */

export interface CleanText {
  text: string;
  /** Characters that could not be kept, each now U+FFFD. */
  replaced: number;
}

/** With the `u` flag `\p{Cs}` matches lone surrogates only. */
const unstorable = /(?![\n\t])[\p{Cc}\p{Cs}]/gu;

/** `\r\n` and `\r` become `\n`; every other control character and every lone surrogate becomes U+FFFD. Linear time; clean text is unchanged. */
export function cleanText(written: string): CleanText {
  const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
  let replaced = 0;
  const clean = text.replace(unstorable, () => {
    replaced += 1;
    return "\uFFFD";
  });
  return { text: clean, replaced };
}

/** Newline characters in `text`. */
export function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Lines of a text: a last newline ends a line and begins none, so `""` has 0 and `"a\n"` has 1. */
export function countLines(text: string): number {
  return countNewlines(text) + (text === "" || text.endsWith("\n") ? 0 : 1);
}

/** One line of at most `limit` characters for a message: clean, inner white space as single spaces, a cut shown by `...`. */
export function shortLine(text: string, limit: number): string {
  const head = text.length > limit * 4 ? text.slice(0, limit * 4) : text;
  const line = cleanText(head).text.replace(/\s+/g, " ").trim();
  const whole = head.length === text.length && line.length <= limit;
  return whole ? line : `${line.slice(0, Math.max(0, limit - 3)).toWellFormed()}...`;
}
