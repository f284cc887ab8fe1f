/**
 * How found notes are shown at a door: the word that is asked for, between bars. A model of a hundred million parameters does not count the
 * words of a line, and copies a word well from the form in which it is to be said (`|>swan<|` in an ACTION): in a sentence the blank before a
 * word belongs to its token, so that it is another one.
 */

const places = ["first", "second", "third"];

/** Of each line `mason: coral swan` the word at the place asked for, each once, in order. Lines of another form give none. */
export function askedWords(lines: readonly string[], place: string | undefined): string[] {
  return [...new Set(lines.map((line) => askedWord(line, place)).filter((word) => word !== undefined))];
}

function askedWord(line: string, place: string | undefined): string | undefined {
  const words = /^[^:|]+:(.*)$/.exec(line)?.[1]?.match(/[\p{L}\p{N}-]+/gu) ?? [];
  return words[place === undefined ? 0 : places.indexOf(place)];
}
