/**
 * Facts that were needed and not at hand. Needed is what the present observation asks for (seen-facts.ts), and what the model searched for in
 * PLAN and did not find although it had seen it. At hand is what the prompts and results of this step's PLAN show.
 */
import type { CallEntry, JournalEntry, OperationEntry } from "../../core/journal.ts";
import type { FilesByName } from "../../core/journal-files.ts";
import { holdsFact } from "./fact-in-text.ts";
import { type Fact, SeenFacts } from "./seen-facts.ts";
import type { EmptySearch, LostFact } from "./trouble.ts";

type ObservationEntry = Extract<JournalEntry, { kind: "observation" }>;

export class LostFacts {
  readonly seen = new SeenFacts();
  #asked: Fact[] = [];
  /** Lines of the present observation, lower case: in a prompt they are no memory. */
  #present: ReadonlySet<string> = new Set();
  /** Texts that PLAN was shown in this step. */
  #shown: string[] = [];
  /** Of those, what look-ups found. */
  #found: string[] = [];
  #searches: EmptySearch[] = [];
  /** Fact to the last step in which it was lost: a need that goes on is one loss. */
  #lastLost = new Map<string, number>();

  addObservation({ stepIndex, observation }: ObservationEntry): void {
    const texts = [observation.long, observation.short];
    this.#asked = this.seen.add(stepIndex, texts);
    this.#present = new Set(texts.flatMap((text) => text.toLowerCase().split("\n")).map((line) => line.trim()));
    this.#shown = [];
    this.#found = [];
    this.#searches = [];
  }

  addCall({ phase, added }: CallEntry): void {
    if (phase === "plan") this.#shown.push(...added.map(({ content }) => content));
  }

  addOperation({ phase, status, actor, result }: OperationEntry): void {
    if (phase !== "plan" || actor !== "model" || status !== "ok") return;
    this.#shown.push(result);
    this.#found.push(result.toLowerCase());
  }

  /** A search of PLAN without a match. */
  addEmptySearch(search: EmptySearch): void {
    this.#searches.push(search);
  }

  /** Call when the action of a step is committed, with memory as it is then. */
  endStep(step: number, files: FilesByName): LostFact[] {
    const lost = new Map<string, LostFact>();
    for (const fact of this.#asked) {
      if (this.#shown.some((text) => holdsFact(text, fact, this.#present))) continue;
      const storedIn = [...files].find(([, text]) => holdsFact(text, fact))?.[0];
      lost.set(fact.sentence, lossOf(step, fact.sentence, fact.seenAtStep, storedIn));
    }
    for (const { keyword, storedIn } of this.#searches) {
      const seen = this.seen.lastSeen(keyword);
      if (seen === undefined || this.#found.some((text) => text.includes(keyword.toLowerCase()))) continue;
      const fact = seen.sentence ?? keyword;
      // What is asked for and lost may be searched for by several words; it is one loss.
      if (!lost.has(fact)) lost.set(fact, lossOf(step, fact, seen.step, storedIn));
    }
    const fresh = [...lost.values()].filter(({ fact }) => this.#lastLost.get(fact) !== step - 1);
    this.#lastLost = new Map([...lost.keys()].map((fact) => [fact, step]));
    return fresh;
  }
}

function lossOf(step: number, fact: string, seenAtStep: number, storedIn: string | undefined): LostFact {
  return {
    step,
    fact,
    kind: storedIn === undefined ? "not-stored" : "not-found",
    seenAtStep,
    ...(storedIn !== undefined && { storedIn }),
  };
}
