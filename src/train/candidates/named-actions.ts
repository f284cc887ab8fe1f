/** Tells which of a game's actions a text names, as whole words in the same case. Pure. */

export class NamedActions {
  readonly #pattern: RegExp | undefined;

  /** Longer names win over names they hold (`move west` over `west`). */
  constructor(names: readonly string[]) {
    const ordered = names.filter((name) => /[\p{L}\p{N}]/u.test(name)).sort((one, other) => other.length - one.length);
    if (ordered.length === 0) return;
    const choice = ordered.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    this.#pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${choice})(?![\\p{L}\\p{N}_])`, "gu");
  }

  in(text: string): Set<string> {
    return new Set(this.#pattern === undefined ? [] : (text.match(this.#pattern) ?? []));
  }
}
