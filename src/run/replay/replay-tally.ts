/** Adds up what a replay shows, step by step. Bounded memory: counts, and the first differences of each kind. */

import type { JournalEntry } from "../../core/journal.ts";
import { applyEntry, type FilesByName } from "../../core/journal-files.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { EntryOf } from "./recorded-episode.ts";
import type { ReplayPlace } from "./recorded-world.ts";
import {
  type DifferenceKind,
  differenceKinds,
  newlyRefused,
  type StepDifference,
  stepDifferences,
} from "./step-difference.ts";
import { type HookWriteFigures, HookWriteWatch } from "./write-watch.ts";

export interface PromptCharacters {
  /** UTF-16 code units of the phase's first prompts: sum over the steps, and the largest. */
  recorded: number;
  now: number;
  largestNow: number;
}

export interface ReplayTotals {
  /** Steps replayed. */
  steps: number;
  /** Files that `initFiles` gives otherwise than was recorded. */
  seededFiles: { added: string[]; removed: string[]; changed: string[] };
  /** Steps in which a kind differs; kinds without a difference are left out. */
  differences: { [Kind in DifferenceKind]?: number };
  /** Steps with any difference. */
  differentSteps: number;
  /** The first differences of each kind, in order of step. */
  first: StepDifference[];
  prompts: Record<Phase, PromptCharacters>;
  /** Operations of the model that ran when recorded and that the scaffold or the folder refuses now, of those that ran. */
  newlyRefused: number;
  ranRecorded: number;
  rejections: { recorded: number; now: number };
  hookWrites: HookWriteFigures;
  /** The memory folder at the end: name and characters. */
  files: { name: string; characters: number }[];
}

export class ReplayTally {
  readonly #recordedStart: EntryOf<"episode-start">;
  readonly #details: number;
  readonly #files: FilesByName = new Map();
  readonly #kept = new Map<DifferenceKind, StepDifference[]>();
  readonly #counts = new Map<DifferenceKind, number>();
  readonly #prompts: Record<Phase, PromptCharacters> = {
    log: { recorded: 0, now: 0, largestNow: 0 },
    plan: { recorded: 0, now: 0, largestNow: 0 },
  };
  #seeded: ReplayTotals["seededFiles"] = { added: [], removed: [], changed: [] };
  #watch = new HookWriteWatch({}, "");
  #steps = 0;
  #differentSteps = 0;
  #newlyRefused = 0;
  #ranRecorded = 0;
  #rejections = { recorded: 0, now: 0 };

  /** `details`: differences of each kind kept in full. */
  constructor(recordedStart: EntryOf<"episode-start">, details: number) {
    this.#recordedStart = recordedStart;
    this.#details = details;
  }

  /** The replay's own first entry. */
  begin(start: EntryOf<"episode-start">): void {
    applyEntry(this.#files, start);
    this.#seeded = seedDifference(this.#recordedStart.files, start.files);
    this.#watch = new HookWriteWatch(start.files, start.instruction);
  }

  /** A step that was replayed: `now` in place of what was recorded. */
  step({ stepIndex, step }: ReplayPlace, now: readonly JournalEntry[]): void {
    const recorded = step.entries;
    this.#steps += 1;
    this.#watch.observe(stepIndex, step.observation.observation);
    for (const entry of now) {
      applyEntry(this.#files, entry);
      if (entry.kind === "operation") this.#watch.add(entry);
    }
    this.#watch.endStep(stepIndex);
    this.#newlyRefused += newlyRefused(recorded, now);
    this.#ranRecorded += ran(recorded);
    this.#rejections.recorded += rejections(recorded);
    this.#rejections.now += rejections(now);
    for (const phase of ["log", "plan"] as const) this.#addPrompts(phase, recorded, now);
    const differences = stepDifferences(stepIndex, recorded, now);
    if (differences.length > 0) this.#differentSteps += 1;
    for (const difference of differences) this.#addDifference(difference);
  }

  totals(): ReplayTotals {
    return {
      steps: this.#steps,
      seededFiles: this.#seeded,
      differences: Object.fromEntries(
        differenceKinds.flatMap((kind) => (this.#counts.has(kind) ? [[kind, this.#counts.get(kind)]] : [])),
      ),
      differentSteps: this.#differentSteps,
      first: differenceKinds
        .flatMap((kind) => this.#kept.get(kind) ?? [])
        .sort((one, other) => one.stepIndex - other.stepIndex),
      prompts: this.#prompts,
      newlyRefused: this.#newlyRefused,
      ranRecorded: this.#ranRecorded,
      rejections: this.#rejections,
      hookWrites: this.#watch.figures(),
      files: [...this.#files]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, text]) => ({ name, characters: text.length })),
    };
  }

  #addPrompts(phase: Phase, recorded: readonly JournalEntry[], now: readonly JournalEntry[]): void {
    const sums = this.#prompts[phase];
    const length = promptLength(now, phase);
    sums.recorded += promptLength(recorded, phase);
    sums.now += length;
    sums.largestNow = Math.max(sums.largestNow, length);
  }

  #addDifference(difference: StepDifference): void {
    const { kind } = difference;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const kept = this.#kept.get(kind) ?? [];
    if (kept.length < this.#details) kept.push(difference);
    this.#kept.set(kind, kept);
  }
}

function seedDifference(
  recorded: { readonly [name: string]: string },
  now: { readonly [name: string]: string },
): ReplayTotals["seededFiles"] {
  const before = new Map(Object.entries(recorded));
  const after = new Map(Object.entries(now));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
    changed: [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)).sort(),
  };
}

function promptLength(entries: readonly JournalEntry[], phase: Phase): number {
  const call = entries.find((entry) => entry.kind === "call" && entry.phase === phase) as EntryOf<"call"> | undefined;
  return call?.added.reduce((sum, { content }) => sum + content.length, 0) ?? 0;
}

function ran(entries: readonly JournalEntry[]): number {
  return entries.filter(
    (entry) =>
      entry.kind === "operation" && entry.actor === "model" && (entry.status === "ok" || entry.status === "empty"),
  ).length;
}

function rejections(entries: readonly JournalEntry[]): number {
  const action = entries.find((entry) => entry.kind === "action");
  return action?.rejections.length ?? 0;
}
