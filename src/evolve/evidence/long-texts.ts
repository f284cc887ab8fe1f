/** Texts of one step as quoted lines; those too long to stand in place are cut with a mark, and kept whole under `long/`. */
import { quoted, shownInPlace } from "./plain-text.ts";

export interface LongText {
  /** In the episode's folder. */
  path: string;
  text: string;
}

export class LongTexts {
  /** Taken by the writer when the step is done. */
  readonly kept: LongText[] = [];
  readonly #step: string;

  constructor(stepIndex: number) {
    this.#step = stepName(stepIndex);
  }

  /** Quoted lines, `mark` before each. */
  quote(text: string, mark = ""): string[] {
    if (text.length <= shownInPlace) return quoted(text, mark);
    const path = `long/${this.#step}-${this.kept.length + 1}.txt`;
    this.kept.push({ path, text });
    const left = text.length - shownInPlace;
    return [
      ...quoted(text.slice(0, shownInPlace), mark),
      `[cut here: ${left} more characters; the whole is in ../${path}]`,
    ];
  }
}

/** Six digits or more, so that names sort by step. */
export function stepName(stepIndex: number): string {
  return String(stepIndex).padStart(6, "0");
}
