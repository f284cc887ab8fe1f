/**
 * How far an episode under way has come, from the end of its journal: what is asked again and again while someone looks. Nothing of the trace
 * is kept, and nothing of it decoded: kind, step and score stand in a line as they are (text-table.ts changes long texts only).
 */
import * as v from "valibot";
import type { EpisodeExtent } from "./episode-reader.ts";
import { JournalLook } from "./journal-look.ts";
import { type JournalPart, readPart } from "./journal-parts.ts";
import { LineFollower } from "./line-follower.ts";

const Line = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ kind: v.string(), stepIndex: v.optional(v.number()), progress: v.optional(v.number()) }),
);

/** As `EpisodeReader.extent`. */
export type TailExtent = Omit<EpisodeExtent, "end"> & { ended: boolean };

const nothing: TailExtent = { steps: 0, lastStep: 0, progress: 0, ended: false, version: "0.0" };

export class EpisodeTail {
  readonly #look: JournalLook;
  #part: JournalPart | undefined;
  #lines: LineFollower | undefined;
  #entries = 0;
  #extent = nothing;

  /** Of a journal's folder. */
  constructor(folder: string) {
    this.#look = new JournalLook(folder);
  }

  /** As it is now; nothing if there is no journal (yet, or any more). Throws `StoreError`. */
  read(): TailExtent {
    const part = this.#look.parts().at(-1);
    if (part === undefined) return nothing;
    const goesOn = this.#part !== undefined && part.segment > this.#part.segment;
    const same = this.#part?.path === part.path;
    this.#part = part;
    if (!same) {
      if (!goesOn) this.#extent = nothing;
      this.#entries = 0;
      this.#lines = part.sealed === undefined ? new LineFollower(part.path) : undefined;
      if (part.sealed !== undefined) this.#take(part, readPart(part, false).texts);
    }
    if (this.#lines !== undefined) {
      const { texts, begun } = this.#lines.read();
      if (begun && same) {
        this.#extent = nothing;
        this.#entries = 0;
      }
      this.#take(part, texts);
    }
    return this.#extent;
  }

  #take({ segment }: JournalPart, texts: readonly string[]): void {
    for (const text of texts) {
      const { kind, stepIndex, progress } = v.parse(Line, text);
      if (kind === "segment-start") continue;
      this.#entries += 1;
      const { steps, lastStep } = this.#extent;
      this.#extent = {
        steps: kind === "action" ? (stepIndex ?? 0) + 1 : Math.max(steps, stepIndex ?? 0),
        lastStep: stepIndex ?? lastStep,
        progress: progress ?? this.#extent.progress,
        ended: kind === "episode-end",
        version: `${segment}.${this.#entries}`,
      };
    }
    if (this.#extent.ended) this.#extent = { ...this.#extent, lastStep: Math.max(0, this.#extent.steps - 1) };
  }
}
