/** Calls and tokens of an episode by who spoke. Told apart only where a specialist spoke. */
import type { CallEntry } from "../core/journal.ts";
import type { EpisodeFigures, SpeakerFigures } from "./figures.ts";
import { Tally } from "./tally.ts";

export class SpeakerCounter {
  readonly #counts = { base: new Counts(), specialist: new Counts() };

  addCall(call: CallEntry): void {
    this.#counts[call.speaker].add(call);
  }

  /** `undefined` for a model that played alone. */
  figures(): EpisodeFigures["speakers"] {
    const { base, specialist } = this.#counts;
    return specialist.calls === 0 ? undefined : { base: base.figures(), specialist: specialist.figures() };
  }
}

class Counts {
  calls = 0;
  readonly #promptTokens = new Tally();
  readonly #cachedTokens = new Tally();
  readonly #generatedTokens = new Tally();

  add({ usage }: CallEntry): void {
    this.calls++;
    this.#promptTokens.add(usage.promptTokens);
    this.#cachedTokens.add(usage.cachedTokens);
    this.#generatedTokens.add(usage.generatedTokens);
  }

  figures(): SpeakerFigures {
    const [promptTokens, cachedTokens, generatedTokens] = [
      this.#promptTokens.sum,
      this.#cachedTokens.sum,
      this.#generatedTokens.sum,
    ];
    return {
      calls: this.calls,
      ...(promptTokens !== undefined && { promptTokens }),
      ...(cachedTokens !== undefined && { cachedTokens }),
      ...(generatedTokens !== undefined && { generatedTokens }),
    };
  }
}
