/** Checks that a note says what was said: a small model copies the prompt's example, or a word of the list of actions, instead. */
import type { Scene } from "./scene.ts";

/**
 * Why a note is refused; `undefined` lets it pass. `scenes` are what is read now and, where LOG shows it too, the observation before;
 * `texts` are their words. A note passes if its person and all words of its password stand in one of the texts.
 */
export function noteFault(
  key: string,
  password: string,
  texts: readonly string[],
  scenes: readonly Scene[],
): string | undefined {
  if (scenes.every(({ kind }) => kind === "talk" || kind === "road" || kind === "door" || kind === "over")) {
    return "Not noted: nobody tells a password here. Answer <|DONE|>";
  }
  const missing = texts.map((text) => missingWord(text, [key, ...password.split(" ")]));
  const first = missing.find((word) => word !== undefined);
  if (first === undefined || missing.includes(undefined)) return undefined;
  return `Not noted: "${first}" does not stand in what was said. Copy the person and the password from it.`;
}

function missingWord(text: string, wanted: readonly string[]): string | undefined {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  return wanted.find((word) => !words.has(word));
}
