/** Checks that a note says what was said: a small model copies the prompt's example, or a word of the list of actions, instead. */
import type { Scene } from "./scene.ts";

/** What LOG shows: an observation's long text and the scene it is. */
export interface Shown {
  text: string;
  scene: Scene;
}

/**
 * Why a note is refused; `undefined` lets it pass. It passes if one of the texts shown tells a password, its person is the one who tells it,
 * and all words of the password stand in it. A text of an unknown kind must hold the person and the words.
 */
export function noteFault(key: string, password: string, shown: readonly Shown[]): string | undefined {
  const telling = shown.filter(({ scene }) => scene.kind === "telling" || scene.kind === "other");
  if (telling.length === 0) return "Not noted: nobody tells a password here. Answer <|DONE|>";
  const faults = telling.map((one) => faultIn(key, password, one));
  return faults.includes(undefined) ? undefined : faults[0];
}

function faultIn(key: string, password: string, { text, scene }: Shown): string | undefined {
  if (scene.person !== undefined && scene.person !== key) {
    return `Not noted: it is not "${key}" who tells a password. Copy the person and the password from what was said.`;
  }
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const missing = [key, ...password.split(" ")].find((word) => !words.has(word));
  if (missing === undefined) return undefined;
  return `Not noted: "${missing}" does not stand in what was said. Copy the person and the password from it.`;
}
