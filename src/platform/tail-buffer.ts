/** The last lines of a stream, so that an error can show what a process said before it went wrong. */

/** Limits of a tail. */
export interface TailLimits {
  /** UTF-16 code units kept at most. */
  characters: number;
  lines: number;
}

const standardLimits: TailLimits = { characters: 4096, lines: 40 };

/** Keeps the end of what is pushed; memory stays within twice the character limit. */
export class TailBuffer {
  readonly #limits: TailLimits;
  #text = "";
  #cut = false;

  constructor(limits: TailLimits = standardLimits) {
    this.#limits = limits;
  }

  push(piece: string): void {
    this.#text += piece;
    if (this.#text.length > 2 * this.#limits.characters) {
      this.#text = this.#text.slice(-this.#limits.characters);
      this.#cut = true;
    }
  }

  /** The kept end, without trailing blank lines; starts with `...` where something was left out. Empty if nothing was pushed. */
  text(): string {
    const kept = this.#text.slice(-this.#limits.characters).trimEnd();
    const lines = kept.split("\n");
    const shown = lines.slice(-this.#limits.lines);
    const cut = this.#cut || kept.length < this.#text.trimEnd().length || shown.length < lines.length;
    return cut ? `...\n${shown.join("\n")}` : shown.join("\n");
  }
}
