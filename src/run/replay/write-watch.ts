/**
 * Watches what a scaffold's own hooks write while an episode is replayed: whether memory stays in the model's hands. Lines of an observation
 * that hooks copied and keep are a history buffer; growth by hooks is a log that writes itself; lines that were written before any
 * observation showed them are knowledge of this very episode.
 */

import type { Observation } from "../../core/game.ts";
import type { OperationEntry } from "../../core/journal.ts";
import { applyWrites, type FilesByName } from "../../core/journal-files.ts";

export interface HookWriteFigures {
  /** Writes that hooks made, and of those refused by the folder's limits. */
  writes: number;
  refused: number;
  /** Characters written, and by how many characters memory was larger after the hooks' writes than before them, summed over the steps. */
  characters: number;
  growth: number;
  /**
   * Steps whose observation lines, copied by hooks, stood in memory at one time: the largest number. What can still be seen counts as one.
   */
  keptObservations: number;
  /** Lines that hooks wrote before an observation showed them for the first time, with the first few. */
  foreseenLines: number;
  firstForeseen: { stepIndex: number; seenAtStep: number; line: string }[];
}

/** A shorter line (`You see:`) proves nothing. UTF-16 code units, without outer space. */
const lineCharacters = 20;

/** Written lines that no observation has shown yet, kept to be recognised. */
const pendingLines = 5_000;

/** Lines of observations kept to know what was seen. When there are more, nothing that is written later is judged as foreseen. */
const seenLines = 100_000;

export class HookWriteWatch {
  readonly #files: FilesByName;
  readonly #figures: HookWriteFigures = {
    writes: 0,
    refused: 0,
    characters: 0,
    growth: 0,
    keptObservations: 0,
    foreseenLines: 0,
    firstForeseen: [],
  };
  /** Lines of observations so far: the step that showed them first. */
  readonly #seen = new Set<string>();
  /** Lines of the present observation. */
  #present: ReadonlySet<string> = new Set();
  /** Observation lines that hooks copied: the step of the copy. */
  readonly #copied = new Map<string, number>();
  readonly #pending = new Map<string, number>();

  /** `files`: the memory folder before the first step; `known`: texts that are no news (the instruction). */
  constructor(files: { readonly [name: string]: string }, known: string) {
    this.#files = new Map(Object.entries(files));
    for (const line of longLines([known, ...Object.values(files)].join("\n"))) this.#seen.add(line);
  }

  /** A new observation is shown at `stepIndex`. */
  observe(stepIndex: number, { long, short }: Observation): void {
    this.#present = new Set(longLines(`${long}\n${short}`));
    for (const line of this.#present) {
      const writtenAt = this.#pending.get(line);
      if (writtenAt !== undefined) this.#foreseen(writtenAt, stepIndex, line);
      this.#pending.delete(line);
      if (this.#seen.size < seenLines) this.#seen.add(line);
    }
  }

  /** An operation of the step, in its order. */
  add(entry: OperationEntry): void {
    if (entry.actor === "scaffold") this.#hookWrite(entry);
    else applyWrites(this.#files, entry.writes ?? []);
  }

  /** The step is over. */
  endStep(stepIndex: number): void {
    if (this.#copied.size === 0) return;
    const standing = new Set<string>();
    for (const text of this.#files.values()) for (const line of longLines(text)) standing.add(line);
    for (const line of [...this.#copied.keys()]) if (!standing.has(line)) this.#copied.delete(line);
    // What is still to be seen is a snapshot of the present, whenever it was copied: an inventory, the state of a room.
    for (const line of this.#present) if (this.#copied.has(line)) this.#copied.set(line, stepIndex);
    const steps = new Set(this.#copied.values()).size;
    this.#figures.keptObservations = Math.max(this.#figures.keptObservations, steps);
  }

  figures(): HookWriteFigures {
    return { ...this.#figures, firstForeseen: [...this.#figures.firstForeseen] };
  }

  #hookWrite(entry: OperationEntry): void {
    this.#figures.writes += 1;
    if (entry.writes === undefined) this.#figures.refused += 1;
    for (const write of entry.writes ?? []) {
      const before = this.#files.get(write.file) ?? "";
      const stood = new Set(longLines(before));
      applyWrites(this.#files, [write]);
      const after = this.#files.get(write.file) ?? "";
      this.#figures.characters += write.text.length;
      this.#figures.growth += after.length - before.length;
      for (const line of longLines(write.text)) if (!stood.has(line)) this.#line(entry.stepIndex, line);
    }
  }

  /** A line that hooks put into memory. */
  #line(stepIndex: number, line: string): void {
    if (this.#present.has(line)) {
      if (!this.#copied.has(line)) this.#copied.set(line, stepIndex);
    } else if (!this.#seen.has(line) && !this.#pending.has(line) && this.#mayJudge()) {
      this.#pending.set(line, stepIndex);
    }
  }

  #mayJudge(): boolean {
    return this.#pending.size < pendingLines && this.#seen.size < seenLines;
  }

  #foreseen(stepIndex: number, seenAtStep: number, line: string): void {
    this.#figures.foreseenLines += 1;
    if (this.#figures.firstForeseen.length < 5) this.#figures.firstForeseen.push({ stepIndex, seenAtStep, line });
  }
}

/** Lines long enough to be told apart, with inner space as one. */
function longLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line.length >= lineCharacters);
}
