/** Figures of an episode, entry by entry as they are made or read. Bounded memory but for the memory folder's lines. */
import type { JournalEntry } from "../core/journal.ts";
import type { EpisodeFigures } from "./figures.ts";
import { MemoryLines } from "./memory-lines.ts";
import { UnproductiveActions } from "./oscillation.ts";
import { PhaseCounter } from "./phase-counter.ts";
import { SpeakerCounter } from "./speaker-counter.ts";
import { linesWritten } from "./written-lines.ts";

type OperationEntry = Extract<JournalEntry, { kind: "operation" }>;
type ActionEntry = Extract<JournalEntry, { kind: "action" }>;

const searchNames: ReadonlySet<string> = new Set(["SEARCH", "READ", "TAIL", "COUNT"]);

export class EpisodeCounter {
  readonly #phases = { log: new PhaseCounter(), plan: new PhaseCounter() };
  readonly #speakers = new SpeakerCounter();
  readonly #memory = new MemoryLines();
  readonly #moves = new UnproductiveActions();
  #seededCharacters = 0;
  #writes = 0;
  #searches = 0;
  #emptySearches = 0;
  #keywordSearches = 0;
  #scaffoldWrites = 0;
  #writtenLines = 0;
  #redundantLines = 0;
  #invalidActions = 0;
  #fallbackActions = 0;
  #rejectedActions = 0;

  add(entry: JournalEntry): void {
    switch (entry.kind) {
      case "episode-start":
        for (const [file, text] of Object.entries(entry.files)) this.#memory.apply({ file, change: "replace", text });
        this.#seededCharacters = this.#memory.characters;
        return;
      case "observation":
        this.#moves.add(entry.observation);
        if (entry.transition?.valid === false) this.#invalidActions++;
        return;
      case "call":
        this.#phases[entry.phase].addCall(entry);
        this.#speakers.addCall(entry);
        return;
      case "operation":
        this.#addOperation(entry);
        return;
      case "phase-end":
        this.#phases[entry.phase].addEnd(entry.reason);
        return;
      case "action":
        this.#addAction(entry);
        return;
      default:
        return;
    }
  }

  /** The figures so far. */
  figures(): EpisodeFigures {
    const { log, plan } = this.#phases;
    const { actions, unchanged, oscillating } = this.#moves;
    const speakers = this.#speakers.figures();
    const calls = log.calls + plan.calls;
    const growth = this.#memory.characters - this.#seededCharacters;
    return {
      steps: actions,
      log: log.figures(),
      plan: plan.figures(),
      ...(speakers && { speakers }),
      writes: this.#writes,
      searches: this.#searches,
      ...share("writeSearchRatio", this.#writes, this.#searches),
      emptySearches: this.#emptySearches,
      ...share("emptySearchShare", this.#emptySearches, this.#keywordSearches),
      scaffoldWrites: this.#scaffoldWrites,
      writtenLines: this.#writtenLines,
      redundantLines: this.#redundantLines,
      ...share("redundantShare", this.#redundantLines, this.#writtenLines),
      seededCharacters: this.#seededCharacters,
      finalCharacters: this.#memory.characters,
      ...share("growthPerStep", growth, actions),
      ...share("contextCharactersPerCall", log.contextCharacters + plan.contextCharacters, calls),
      ...share("formatFailuresPerCall", log.formatFailures + plan.formatFailures, calls),
      actions,
      invalidActions: this.#invalidActions,
      fallbackActions: this.#fallbackActions,
      ...share("fallbackShare", this.#fallbackActions, actions),
      rejectedActions: this.#rejectedActions,
      unchangedActions: unchanged,
      oscillatingActions: oscillating,
      ...share("unproductiveShare", unchanged + oscillating, actions),
    };
  }

  #addAction(entry: ActionEntry): void {
    if (entry.fallback) this.#fallbackActions++;
    this.#rejectedActions += entry.rejections.length;
  }

  #addOperation(entry: OperationEntry): void {
    if (entry.actor === "model") this.#addModelOperation(entry);
    else if (entry.writes !== undefined) this.#scaffoldWrites++;
    for (const write of entry.writes ?? []) this.#memory.apply(write);
  }

  #addModelOperation(entry: OperationEntry): void {
    this.#phases[entry.phase].addOperation(entry);
    const ran = entry.status === "ok" || entry.status === "empty";
    if (!ran) return;
    if (searchNames.has(entry.name)) this.#searches++;
    if (entry.name === "SEARCH") {
      this.#keywordSearches++;
      if (entry.status === "empty") this.#emptySearches++;
    }
    if (entry.writes === undefined) return;
    this.#writes++;
    const lines = linesWritten(entry, this.#memory);
    this.#writtenLines += lines.length;
    this.#redundantLines += lines.filter(({ line }) => this.#memory.has(line)).length;
  }
}

/** `{name: part / whole}`, or nothing where `whole` is 0. */
function share<Name extends string>(name: Name, part: number, whole: number): { [Key in Name]?: number } {
  return whole === 0 ? {} : ({ [name]: part / whole } as { [Key in Name]?: number });
}
