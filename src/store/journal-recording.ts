/** The recorded part of a journal, read forward one segment at a time, for replay. Synchronous, since the agent's sink is. */
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { JournalEntry } from "../core/journal.ts";
import { firstDifference } from "./first-difference.ts";
import { type JournalPart, readPart } from "./journal-parts.ts";
import { TraceDecoder } from "./text-table.ts";

interface LoadedSegment {
  texts: string[];
  /** Values of the lines, in order. */
  values: unknown[];
}

export class JournalRecording {
  readonly #parts: readonly JournalPart[];
  #part = 0;
  #line = 0;
  #loaded: LoadedSegment;

  /** `parts` as `listParts` gives them. */
  constructor(parts: readonly JournalPart[]) {
    this.#parts = parts;
    this.#loaded = this.#load(0);
    this.#skipEnds();
  }

  /** True when every recorded line was met again. */
  get exhausted(): boolean {
    return this.#line >= this.#loaded.texts.length;
  }

  /**
   * Compares what the agent made now with the next recorded line, and goes on. `text` is `value` as encoded with the segment's table.
   * Throws `StoreError` `replay-diverged`. Not to be called once exhausted.
   */
  match(value: unknown, text: string): void {
    if (this.#loaded.texts[this.#line] !== text) throw diverged(this.#loaded.values[this.#line], value);
    this.#line++;
    this.#skipEnds();
  }

  /** The recorded entry that must be met next, without going on; `undefined` once exhausted or where a segment starts. */
  next(): JournalEntry | undefined {
    const entry = v.safeParse(JournalEntry, this.#loaded.values[this.#line]);
    return entry.success ? entry.output : undefined;
  }

  /** True if the recording ends with the episode's end. */
  static isComplete(parts: readonly JournalPart[]): boolean {
    const last = parts.at(-1);
    if (last === undefined) return false;
    const value = decodeAll(readPart(last, true).texts).at(-1);
    return (value as { kind?: unknown } | undefined)?.kind === "episode-end";
  }

  #skipEnds(): void {
    while (this.exhausted && this.#part + 1 < this.#parts.length) {
      this.#part++;
      this.#line = 0;
      this.#loaded = this.#load(this.#part);
    }
    if (this.exhausted) this.#loaded = { texts: [], values: [] };
  }

  #load(index: number): LoadedSegment {
    const part = this.#parts[index];
    if (part === undefined) return { texts: [], values: [] };
    const { texts } = readPart(part, index === this.#parts.length - 1);
    return { texts, values: decodeAll(texts) };
  }
}

function decodeAll(texts: readonly string[]): unknown[] {
  const decoder = new TraceDecoder();
  return texts.map((text) => decoder.decode(text));
}

/** The error for a replay that cannot go on: what was recorded, and what came now. */
export function diverged(recorded: unknown, found: unknown): StoreError {
  const difference = firstDifference(recorded, found);
  const name = (value: unknown) => {
    const { kind, stepIndex } = value as { kind?: unknown; stepIndex?: unknown };
    return `${String(kind)}${stepIndex === undefined ? "" : ` of step ${String(stepIndex)}`}`;
  };
  return new StoreError(
    `The replay left the recording at ${name(recorded)}, ${difference?.path ?? "its text"}: recorded ${difference?.recorded}, now ${difference?.found}. ` +
      "Either the game is not deterministic (check it with `automem plugin verify`), or game, scaffold or automem changed since the recording. " +
      "Resume with the versions the run was made with, or play the episode anew in a new run.",
    { code: "replay-diverged", data: { recorded: name(recorded), found: name(found), difference } },
  );
}
