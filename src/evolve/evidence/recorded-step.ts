/** The entries of one step with what they did, gathered while an episode is read. */
import type { JournalEntry } from "../../core/journal.ts";
import type { TroubleFound } from "../../metrics/trouble/trouble.ts";
import type { MemoryChange } from "./memory-changes.ts";

export type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

export interface RecordedStep {
  stepIndex: number;
  observation: EntryOf<"observation">;
  /** All others of the step, in order. */
  entries: JournalEntry[];
  changes: Map<JournalEntry, MemoryChange[]>;
  trouble: TroubleFound[];
  /** Memory before the step. */
  filesBefore: ReadonlyMap<string, string>;
}

/** A share in [0, 1] for people. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number for people, without the noise of binary fractions. */
export function plainNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
