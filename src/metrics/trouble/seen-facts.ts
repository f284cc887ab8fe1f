/**
 * What observations told so far, sentence by sentence, and which sentence a question points back to. Bounded: the latest sentences of each
 * word, and of the words those seen last.
 *
 * A sentence that asks (words.ts) points back to the earlier sentence with which it shares the most telling words, each weighing the inverse of
 * how often it came into sight; one shared word at least must be rare. If it shares none, its whole line is taken. What that sentence says beyond the present observation, in rare words, are the
 * fact's details: what memory must have kept. Of these, names of actions decide what to do; where there are any, only they count.
 */
import { InSight, seenBefore } from "./appearances.ts";
import { demandsOf, isNumber, sentencesOf, tellingWords, tokensOf } from "./words.ts";

export interface Fact {
  sentence: string;
  /** The last step it was seen in. */
  seenAtStep: number;
  /** Shared with the question, rarest first. */
  cues: string[];
  /** At least one. */
  details: string[];
  /** How many of the details must be known for the fact to be. */
  needed: number;
}

interface Told {
  text: string;
  words: ReadonlySet<string>;
  /** The text with its numbers as one sign: a line that shows a changing number is one line. */
  shape: string;
  lastStep: number;
}

interface ParsedLine {
  words: ReadonlySet<string>;
  /** Words of each sentence that asks. */
  asking: ReadonlySet<string>[];
  told: Told[];
}

const wordsKept = 20_000;
const sentencesOfWord = 3;
const sentenceCharacters = 1_000;

export class SeenFacts {
  readonly #words = new InSight(wordsKept);
  readonly #numbers = new InSight(wordsKept);
  readonly #toldWords = new InSight(wordsKept);
  readonly #shapes = new InSight(wordsKept);
  /** Word to the sentences with it, latest last. */
  #sentences = new Map<string, Told[]>();
  #actionWords: ReadonlySet<string> = new Set();
  #lines = new Map<string, ParsedLine>();
  #step = 0;

  /** Names of one word; before the first observation. */
  setActions(names: readonly string[]): void {
    const single = names.map(tokensOf).filter((tokens) => tokens.length === 1);
    this.#actionWords = tellingWords(single.flat());
  }

  /** Takes in the next observation and returns the facts that it asks for. */
  add(step: number, texts: readonly string[]): Fact[] {
    const parsed = new Map<string, ParsedLine>();
    for (const line of texts.flatMap((text) => text.split("\n"))) {
      if (!parsed.has(line)) parsed.set(line, this.#lines.get(line) ?? parseLine(line));
    }
    const present = new Set([...parsed.values()].flatMap(({ words }) => [...words]));
    const facts = new Map<string, Fact>();
    for (const { asking, words } of parsed.values()) {
      for (const asked of asking) {
        const fact = this.#factFor(asked, present, step) ?? this.#factFor(words, present, step);
        if (fact !== undefined) facts.set(fact.sentence, fact);
      }
    }
    this.#step = step;
    for (const [line, { told }] of parsed) this.#tell(told, step, !this.#lines.has(line));
    for (const word of present) (isNumber(word) ? this.#numbers : this.#words).add(word, step);
    this.#lines = parsed;
    return [...facts.values()];
  }

  /**
   * Where all words of the text were last in sight before the present observation, having gone from it since; with the sentence, if one is
   * kept. `undefined` if nowhere, or if it has no words.
   */
  lastSeen(text: string): { step: number; sentence: string | undefined } | undefined {
    const words = [...tellingWords(tokensOf(text))];
    const steps = words.map((word) => seenBefore((isNumber(word) ? this.#numbers : this.#words).get(word), this.#step));
    if (steps.length === 0 || steps.includes(undefined)) return undefined;
    const sentence = words
      .flatMap((word) => this.#sentences.get(word) ?? [])
      .filter((told) => told.lastStep < this.#step && words.every((word) => told.words.has(word)))
      .reduce<Told | undefined>((best, told) => (best && best.lastStep >= told.lastStep ? best : told), undefined);
    if (sentence !== undefined) return { step: sentence.lastStep, sentence: sentence.text };
    return words.length === 1 ? { step: steps[0]!, sentence: undefined } : undefined;
  }

  #tell(told: readonly Told[], step: number, isNew: boolean): void {
    for (const sentence of told) {
      sentence.lastStep = step;
      this.#shapes.add(sentence.shape, step);
      for (const word of sentence.words) {
        if (isNumber(word)) continue;
        this.#toldWords.add(word, step);
        if (isNew) this.#keep(word, sentence);
      }
    }
  }

  #keep(word: string, sentence: Told): void {
    const known = this.#sentences.get(word) ?? [];
    const others = known.filter(({ text }) => text !== sentence.text);
    this.#sentences.set(word, [...others, sentence].slice(-sentencesOfWord));
    if (this.#sentences.size <= 2 * wordsKept) return;
    // Words that were forgotten take their sentences with them.
    this.#sentences = new Map([...this.#sentences].filter(([kept]) => this.#toldWords.get(kept) !== undefined));
  }

  #factFor(asked: ReadonlySet<string>, present: ReadonlySet<string>, step: number): Fact | undefined {
    const runs = (word: string) => this.#toldWords.get(word)?.runs ?? 0;
    const known = [...asked].filter((word) => !isNumber(word) && runs(word) > 0);
    const rare = known.filter((word) => runs(word) <= Math.max(3, step / 500));
    const candidates = new Set(rare.flatMap((word) => this.#sentences.get(word) ?? []));
    let best: { told: Told; weight: number; details: string[] } | undefined;
    for (const told of candidates) {
      const details = this.#detailsOf(told, present, step);
      if (details.length === 0) continue;
      const weight = known.reduce((sum, word) => sum + (told.words.has(word) ? 1 / runs(word) : 0), 0);
      const better =
        best === undefined || weight > best.weight || (weight === best.weight && told.lastStep > best.told.lastStep);
      if (better) best = { told, weight, details };
    }
    if (best === undefined) return undefined;
    const { told, details } = best;
    const cues = rare.filter((word) => told.words.has(word)).sort((one, other) => runs(one) - runs(other));
    const deciding = details.filter((word) => this.#actionWords.has(word));
    const counted = deciding.length > 0 ? deciding : details;
    const needed = deciding.length > 0 ? deciding.length : Math.ceil(details.length / 2);
    return { sentence: told.text, seenAtStep: told.lastStep, cues, details: counted, needed };
  }

  #detailsOf(told: Told, present: ReadonlySet<string>, step: number): string[] {
    const steady = (this.#shapes.get(told.shape)?.runs ?? 0) <= 3;
    return [...told.words].filter((word) => {
      if (present.has(word)) return false;
      return isNumber(word) ? steady : (this.#toldWords.get(word)?.runs ?? 0) <= Math.max(3, step / 8);
    });
  }
}

function parseLine(line: string): ParsedLine {
  const { asking, question } = demandsOf(line);
  return {
    words: tellingWords(tokensOf(line)),
    asking: asking.map((sentence) => tellingWords(tokensOf(sentence))),
    told: question ? [] : sentencesOf(line).map(parseSentence),
  };
}

function parseSentence(sentence: string): Told {
  const text = sentence.slice(0, sentenceCharacters).toWellFormed();
  return { text, words: tellingWords(tokensOf(text)), shape: text.replace(/\p{N}+/gu, "#"), lastStep: -1 };
}
