/** A command line as words: blanks separate, quotes of either kind keep them, a backslash keeps the next character. No variables, no wildcards. */
import { ConfigError } from "../../core/errors.ts";

/** Throws `ConfigError` `bad-command` for a quote that does not end, and for no words at all. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index] as string;
    if (letter === "\\" && quote !== "'" && index + 1 < line.length) {
      index += 1;
      word = `${word ?? ""}${line[index]}`;
    } else if (quote !== "") {
      if (letter === quote) quote = "";
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ""}${letter}`;
  }
  if (word !== undefined) words.push(word);
  if (quote === "" && words.length > 0) return words;
  throw new ConfigError(
    quote === "" ? "A program is missing: command:PROGRAM ARGS." : `A quote (${quote}) in ${line} does not end.`,
    { code: "bad-command" },
  );
}
