/**
 * Reads an episode's trace, finished or under way, at most one segment in memory at a time. Opening a step reads its segment, and the next
 * one for a step at its end.
 */
import { ConfigError } from "../core/errors.ts";
import type { JournalEntry } from "../core/journal.ts";
import type { FilesByName } from "../core/journal-files.ts";
import type { EpisodeRecord } from "../core/records.ts";
import type { Segment } from "./segment.ts";
import { entriesOfStep, filesAtStep } from "./segment-steps.ts";
import { rowOf, type StepRow, type StepView, viewStep } from "./step-view.ts";
import type { TraceSource } from "./trace-source.ts";

type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

export interface EpisodeSummary {
  /** What the episode is: its first entry. */
  start: EntryOf<"episode-start">;
  /** Its last entry; `undefined` while under way. */
  end: EntryOf<"episode-end"> | undefined;
  /** Actions committed so far. */
  steps: number;
  /** As last seen, a share in [0, 1]. */
  progress: number;
  /** The finished episode's record. */
  record: EpisodeRecord | undefined;
}

/** How far an episode has come. */
export interface EpisodeExtent {
  /** Actions committed so far. */
  steps: number;
  /** The last step there is something of: the one under way, or else the last one played. */
  lastStep: number;
  /** As last seen, a share in [0, 1]. */
  progress: number;
  end: EntryOf<"episode-end"> | undefined;
  /** Another text whenever the trace has grown. */
  version: string;
}

export class EpisodeReader {
  /** Where the trace is read from. */
  readonly source: TraceSource;
  /** Of a finished episode. */
  readonly record: EpisodeRecord | undefined;

  /** See `Store.readEpisode`. */
  constructor(source: TraceSource, record?: EpisodeRecord) {
    this.source = source;
    this.record = record;
  }

  /** From the first and the last segment. Throws `ConfigError` `empty-episode` if nothing was played yet. */
  async summary(): Promise<EpisodeSummary> {
    const first = await this.source.load(0);
    const start = first?.entries.find((entry) => entry.kind === "episode-start");
    if (start === undefined)
      throw new ConfigError("Nothing of this episode was played yet.", { code: "empty-episode" });
    const { end, steps, progress } = await this.extent();
    return { start, end, steps, progress, record: this.record };
  }

  /** From the last segment alone. An episode of which nothing was played yet has come to nothing. */
  async extent(): Promise<EpisodeExtent> {
    const [index, last] = await this.#lastSegment();
    const entries = last?.entries ?? [];
    const end = entries.findLast((entry) => entry.kind === "episode-end");
    const observation = entries.findLast((entry) => entry.kind === "observation");
    const action = entries.findLast((entry) => entry.kind === "action");
    const steps = end?.steps ?? (action ? action.stepIndex + 1 : (last?.start.firstStep ?? 0));
    const seen = entries.findLast((entry) => "stepIndex" in entry);
    return {
      steps,
      lastStep: Math.max(0, end === undefined && seen !== undefined ? seen.stepIndex : steps - 1),
      progress: end?.progress ?? observation?.progress ?? 0,
      end,
      version: `${index}.${entries.length}`,
    };
  }

  /** All entries in order. */
  async *entries(): AsyncGenerator<JournalEntry> {
    for (let segment = 0; segment < this.source.count(); segment++) {
      yield* (await this.source.load(segment))?.entries ?? [];
    }
  }

  /** The steps in order, as table rows; a step under way comes last. `fromStep` skips segments unread. */
  async *rows(fromStep = 0): AsyncGenerator<StepRow> {
    let stepIndex = -1;
    let entries: JournalEntry[] = [];
    for (let segment = this.source.segmentOf(fromStep); segment < this.source.count(); segment++) {
      for (const entry of (await this.source.load(segment))?.entries ?? []) {
        if (!("stepIndex" in entry)) continue;
        if (entry.stepIndex !== stepIndex) {
          const outcome = entry.kind === "observation" ? entry : undefined;
          if (stepIndex >= fromStep) yield rowOf(viewStep(stepIndex, entries, outcome));
          stepIndex = entry.stepIndex;
          entries = [];
        }
        entries.push(entry);
      }
    }
    // After the last action the game shows where it led; that is no step of its own.
    if (stepIndex >= fromStep && entries.some(({ kind }) => kind !== "observation"))
      yield rowOf(viewStep(stepIndex, entries, undefined));
  }

  /** One step. Throws `ConfigError` `no-such-step`. */
  async step(stepIndex: number): Promise<StepView> {
    const index = this.source.segmentOf(stepIndex);
    const segment = await this.source.load(index);
    const entries = segment ? entriesOfStep(segment, stepIndex) : [];
    if (entries.length === 0) throw await this.#noSuchStep(stepIndex);
    const inNext = this.source.segmentOf(stepIndex + 1) === index ? segment : await this.source.load(index + 1);
    const next = inNext ? entriesOfStep(inNext, stepIndex + 1) : [];
    return viewStep(
      stepIndex,
      entries,
      next.find((entry) => entry.kind === "observation"),
    );
  }

  /** The memory folder when step `stepIndex` ended (or as it is, for the step under way). Throws `ConfigError` `no-such-step`. */
  async memoryAt(stepIndex: number): Promise<FilesByName> {
    const segment = await this.source.load(this.source.segmentOf(stepIndex));
    if (segment === undefined || entriesOfStep(segment, stepIndex).length === 0)
      throw await this.#noSuchStep(stepIndex);
    return filesAtStep(segment, stepIndex);
  }

  async #lastSegment(): Promise<[index: number, segment: Segment | undefined]> {
    for (let index = this.source.count() - 1; index >= 0; index--) {
      const loaded = await this.source.load(index);
      if (loaded !== undefined && loaded.entries.length > 0) return [index, loaded];
    }
    return [0, undefined];
  }

  async #noSuchStep(stepIndex: number): Promise<ConfigError> {
    const { steps } = await this.summary();
    return new ConfigError(`There is no step ${stepIndex}: the episode has ${steps} steps, counted from 0.`, {
      code: "no-such-step",
      data: { stepIndex, steps },
    });
  }
}
