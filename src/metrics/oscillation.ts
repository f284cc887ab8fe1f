/**
 * Which actions led nowhere: the observation after it equals the one before ("unchanged"), or the action is part of a back-and-forth between
 * two observations, A B A B at least ("oscillating": from the third move on all moves of it count).
 * An observation is its two texts. One pass, two observations in memory.
 */
export class UnproductiveActions {
  #actions = 0;
  #unchanged = 0;
  #oscillating = 0;
  /** The last two observations, newest first. */
  #recent: string[] = [];
  /** How many times in a row the newest observation was the one before the last, and not the last. */
  #returns = 0;

  get actions(): number {
    return this.#actions;
  }

  get unchanged(): number {
    return this.#unchanged;
  }

  get oscillating(): number {
    return this.#oscillating;
  }

  /** The observation that follows the last one. */
  add(observation: { long: string; short: string }): void {
    const text = JSON.stringify([observation.long, observation.short]);
    const [last, beforeLast] = this.#recent;
    if (last !== undefined) {
      this.#actions++;
      if (text === last) this.#unchanged++;
      this.#returns = text === beforeLast && text !== last ? this.#returns + 1 : 0;
      // Two returns in a row are A B A B: three moves, of which none was counted before.
      if (this.#returns === 2) this.#oscillating += 3;
      else if (this.#returns > 2) this.#oscillating++;
    }
    this.#recent = last === undefined ? [text] : [text, last];
  }
}
