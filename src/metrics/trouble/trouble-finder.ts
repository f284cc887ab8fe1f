/** Finds trouble in an episode, entry by entry, in one pass and bounded memory (but for the memory folder, which has its own limits). */
import type { JournalEntry, OperationEntry } from "../../core/journal.ts";
import { applyEntry, type FilesByName } from "../../core/journal-files.ts";
import { MemoryLines } from "../memory-lines.ts";
import { linesWritten } from "../written-lines.ts";
import { LostFacts } from "./lost-facts.ts";
import { StillStretches } from "./still-stretches.ts";
import {
  type EmptySearch,
  type EpisodeTrouble,
  type LostFact,
  type RedundantWrite,
  shownCharacters,
  type TroubleFound,
  troublesKept,
} from "./trouble.ts";
import { UsedFiles } from "./used-files.ts";

export class TroubleFinder {
  readonly #files: FilesByName = new Map();
  readonly #lines = new MemoryLines();
  readonly #still = new StillStretches();
  readonly #used = new UsedFiles();
  readonly #lost = new LostFacts();
  readonly #emptySearches = new Found<EmptySearch>();
  readonly #redundantWrites = new Found<RedundantWrite>();
  readonly #lostFacts = new Found<LostFact>();

  /** The memory folder as it stands after the last entry. Read only. */
  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  /** Takes the next entry and returns the trouble it made plain. */
  add(entry: JournalEntry): TroubleFound[] {
    switch (entry.kind) {
      case "episode-start":
        applyEntry(this.#files, entry);
        for (const [file, text] of this.#files) this.#lines.apply({ file, change: "replace", text });
        this.#lost.seen.setActions(entry.actions.map(({ name }) => name));
        return [];
      case "observation":
        if (entry.transition === undefined) this.#still.start(entry.progress);
        else this.#still.add(entry.stepIndex - 1, entry.transition.reward, entry.progress);
        this.#lost.addObservation(entry);
        return [];
      case "call":
        this.#used.addCall(entry, this.#files);
        this.#lost.addCall(entry);
        return [];
      case "operation":
        return this.#addOperation(entry);
      case "action":
        return this.#lost.endStep(entry.stepIndex, this.#files).map((fact) => {
          const { kind: loss, ...shown } = this.#lostFacts.add({ ...fact, fact: short(fact.fact) });
          return { kind: "lost-fact", loss, ...shown };
        });
      default:
        return [];
    }
  }

  /** The trouble so far. */
  trouble(): EpisodeTrouble {
    return {
      stillStretches: this.#still.longest(),
      unusedFiles: this.#used.unused(this.#files),
      emptySearches: [...this.#emptySearches.first],
      redundantWrites: [...this.#redundantWrites.first],
      lostFacts: [...this.#lostFacts.first],
      counts: {
        stillSteps: this.#still.stillSteps,
        emptySearches: this.#emptySearches.count,
        redundantWrites: this.#redundantWrites.count,
        lostFacts: this.#lostFacts.count,
      },
    };
  }

  #addOperation(entry: OperationEntry): TroubleFound[] {
    const found: TroubleFound[] = [];
    this.#used.addOperation(entry, this.#files);
    this.#lost.addOperation(entry);
    if (entry.actor === "model") {
      for (const { file, line } of linesWritten(entry, this.#lines)) {
        if (!this.#lines.has(line)) continue;
        const write = this.#redundantWrites.add({ step: entry.stepIndex, file, line: short(line) });
        found.push({ kind: "redundant-write", ...write });
      }
      if (entry.name === "SEARCH" && entry.status === "empty") found.push(this.#emptySearch(entry));
    }
    for (const write of entry.writes ?? []) this.#lines.apply(write);
    applyEntry(this.#files, entry);
    return found;
  }

  #emptySearch({ stepIndex, phase, arguments: [file = "", keyword = ""] }: OperationEntry): TroubleFound {
    const wanted = keyword.trim().toLowerCase();
    const holds = ([name, text]: [string, string]) => name !== file && text.toLowerCase().includes(wanted);
    const storedIn = wanted === "" ? undefined : [...this.#files].find(holds)?.[0];
    const seen = this.#lost.seen.lastSeen(keyword);
    const search: EmptySearch = {
      step: stepIndex,
      file: short(file),
      keyword: short(keyword),
      ...(seen !== undefined && { seenAtStep: seen.step }),
      ...(storedIn !== undefined && { storedIn }),
    };
    // In LOG, an empty search is how a model sees that a line is new.
    if (phase === "plan") this.#lost.addEmptySearch({ ...search, keyword });
    return { kind: "empty-search", ...this.#emptySearches.add(search) };
  }
}

/** Counts all, keeps the first. */
class Found<Kind> {
  readonly first: Kind[] = [];
  count = 0;

  add(one: Kind): Kind {
    this.count++;
    if (this.first.length < troublesKept) this.first.push(one);
    return one;
  }
}

function short(text: string): string {
  if (text.length <= shownCharacters) return text;
  return `${text.slice(0, shownCharacters - 3).toWellFormed()}...`;
}
