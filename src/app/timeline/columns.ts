/**
 * An episode as columns of numbers, one segment of the trace at a time: what a time line draws. Value `k` of a column belongs to step
 * `firstStep + k`, so a segment's columns need no other segment. Pure.
 */
import * as v from "valibot";
import {
  ActionEntry,
  CallEntry,
  EpisodeStartEntry,
  type JournalEntry,
  ObservationEntry,
  OperationEntry,
  SignalsEntry,
} from "../../core/journal.ts";
import { applyWrites, type FilesByName } from "../../core/journal-files.ts";
import type { Json } from "../../core/json.ts";
import type { SegmentStart } from "../../store/segment.ts";

/** A number for each step or point; null where nothing was said. */
export const Column = v.array(v.nullable(v.number()));
const Columns = v.record(v.string(), Column);

export const SegmentColumns = v.strictObject({
  schema: v.literal("automem.timeline/1"),
  firstStep: v.number(),
  /** Steps; the observation after an episode's last action counts as one. */
  steps: v.number(),
  /** Share in [0, 1], as seen at the step's start. */
  progress: Column,
  /** Of the action before; null where the episode begins. */
  reward: Column,
  /** Model calls, tokens read and written in them, and those taken from a cache; null where no server said. */
  calls: Column,
  promptTokens: Column,
  generatedTokens: Column,
  /** 1 where the action was a fallback; where the game called the action of the step before invalid; where what was seen is as before. */
  fallback: Column,
  invalid: Column,
  unchanged: Column,
  /** Operations attempted, by name. */
  operations: Columns,
  /** Those that were refused or malformed. */
  failures: Column,
  /** Characters of each file of the memory folder at the step's end. */
  files: Columns,
  /** Numbers that the game's info and the scaffold's signals name: vitals, depth, score. */
  gauges: Columns,
});
export type SegmentColumns = v.InferOutput<typeof SegmentColumns>;
export type Column = v.InferOutput<typeof Column>;

/** What columns are made of: a few fields of an entry, so that no more has to be read of a long trace. */
const ColumnEntry = v.variant("kind", [
  v.pick(EpisodeStartEntry, ["kind", "files"]),
  v.pick(ObservationEntry, ["kind", "stepIndex", "observation", "progress", "info", "transition"]),
  v.pick(SignalsEntry, ["kind", "stepIndex", "signals"]),
  v.pick(CallEntry, ["kind", "stepIndex", "usage"]),
  v.pick(OperationEntry, ["kind", "stepIndex", "name", "status", "writes"]),
  v.pick(ActionEntry, ["kind", "stepIndex", "fallback"]),
]);
export type ColumnEntry = v.InferOutput<typeof ColumnEntry>;

export const columnSchemas: ReadonlyMap<unknown, v.GenericSchema<unknown, ColumnEntry>> = new Map(
  ColumnEntry.options.map((schema) => [schema.entries.kind.literal, schema]),
);

/** Names of gauges of one segment at most; the rest are left out. */
const mostGauges = 64;

/** A segment with its entries in order, or their parts by `columnSchemas`. */
export interface ColumnSource {
  start: SegmentStart;
  entries: Iterable<JournalEntry | ColumnEntry>;
}

export function columnsOf({ start, entries }: ColumnSource): SegmentColumns {
  const builder = new Builder(start.firstStep, new Map(start.files));
  for (const entry of entries) builder.add(entry);
  return builder.finish();
}

class Builder {
  readonly #columns: SegmentColumns;
  readonly #files: FilesByName;
  #seen: string | undefined;

  constructor(firstStep: number, files: FilesByName) {
    this.#files = files;
    this.#columns = {
      schema: "automem.timeline/1",
      firstStep,
      steps: 0,
      progress: [],
      reward: [],
      calls: [],
      promptTokens: [],
      generatedTokens: [],
      fallback: [],
      invalid: [],
      unchanged: [],
      operations: {},
      failures: [],
      files: {},
      gauges: {},
    };
  }

  add(entry: JournalEntry | ColumnEntry): void {
    if (!("stepIndex" in entry)) {
      if (entry.kind === "episode-start") this.#setFiles(entry.files);
      return;
    }
    const index = entry.stepIndex - this.#columns.firstStep;
    while (this.#columns.steps <= index) this.#beginStep();
    switch (entry.kind) {
      case "observation":
        this.#addObservation(entry, index);
        return;
      case "signals":
        this.#addGauges(entry.signals, index);
        return;
      case "call":
        this.#addCall(entry, index);
        return;
      case "operation":
        this.#addOperation(entry, index);
        return;
      case "action":
        this.#columns.fallback[index] = entry.fallback ? 1 : 0;
        return;
      default:
        return;
    }
  }

  finish(): SegmentColumns {
    if (this.#columns.steps > 0) this.#measureFiles();
    const { operations, files, gauges, ...plain } = this.#columns;
    const filled = (columns: Record<string, Column>) =>
      Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, this.#fill(column)]));
    for (const column of Object.values(plain)) if (Array.isArray(column)) this.#fill(column);
    return { ...plain, operations: filled(operations), files: filled(files), gauges: filled(gauges) };
  }

  #beginStep(): void {
    if (this.#columns.steps > 0) this.#measureFiles();
    this.#columns.steps += 1;
  }

  #setFiles(files: Readonly<Record<string, string>>): void {
    this.#files.clear();
    for (const [name, text] of Object.entries(files)) this.#files.set(name, text);
  }

  /** Of the step that is last so far. */
  #measureFiles(): void {
    const index = this.#columns.steps - 1;
    for (const [name, text] of this.#files) this.#named("files", name)[index] = text.length;
  }

  #addObservation(entry: Extract<ColumnEntry, { kind: "observation" }>, index: number): void {
    const { progress, reward, invalid, unchanged } = this.#columns;
    const { observation, transition } = entry;
    progress[index] = entry.progress;
    if (transition !== undefined) {
      reward[index] = transition.reward;
      invalid[index] = transition.valid ? 0 : 1;
    }
    const seen = `${observation.long}\u0000${observation.short}`;
    if (this.#seen !== undefined) unchanged[index] = seen === this.#seen ? 1 : 0;
    this.#seen = seen;
    this.#addGauges(entry.info, index);
  }

  #addCall({ usage }: Extract<ColumnEntry, { kind: "call" }>, index: number): void {
    const { calls, promptTokens, generatedTokens } = this.#columns;
    calls[index] = (calls[index] ?? 0) + 1;
    if (usage.promptTokens !== undefined) promptTokens[index] = (promptTokens[index] ?? 0) + usage.promptTokens;
    if (usage.generatedTokens !== undefined)
      generatedTokens[index] = (generatedTokens[index] ?? 0) + usage.generatedTokens;
  }

  #addOperation(entry: Extract<ColumnEntry, { kind: "operation" }>, index: number): void {
    if (entry.writes !== undefined) applyWrites(this.#files, entry.writes);
    const column = this.#named("operations", entry.name);
    column[index] = (column[index] ?? 0) + 1;
    if (entry.status !== "refused" && entry.status !== "malformed") return;
    this.#columns.failures[index] = (this.#columns.failures[index] ?? 0) + 1;
  }

  /** Numbers one level deep too: `{vitals: {health: 9}}` is `vitals.health`. */
  #addGauges(values: Readonly<Record<string, Json>>, index: number, prefix = ""): void {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === "number") {
        const { gauges } = this.#columns;
        const full = prefix + name;
        if (Object.hasOwn(gauges, full) || Object.keys(gauges).length < mostGauges)
          this.#named("gauges", full)[index] = value;
      } else if (prefix === "" && typeof value === "object" && value !== null && !Array.isArray(value)) {
        this.#addGauges(value, index, `${name}.`);
      }
    }
  }

  #named(group: "operations" | "files" | "gauges", name: string): Column {
    const columns = this.#columns[group];
    if (!Object.hasOwn(columns, name)) {
      Object.defineProperty(columns, name, { value: [], enumerable: true, writable: true, configurable: true });
    }
    return columns[name]!;
  }

  /** Null where nothing was said. */
  #fill(column: Column): Column {
    for (let index = 0; index < this.#columns.steps; index++) column[index] ??= null;
    return column;
  }
}
