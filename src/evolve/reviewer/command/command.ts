/**
 * The reviewers `command:...` and `claude-code`: an external program in a prepared folder. Only the package and three texts come back. Each run is
 * in the log with all that it left, so a campaign that was killed does not run it again.
 */
import { join } from "node:path";
import * as v from "valibot";
import { type OpenProgram, openProgram, type ProgramOptions } from "../../../campaign/program/open-program.ts";
import { runProgram } from "../../../campaign/program/run-program.ts";
import { ReviewSpending as ReviewSpendingSchema } from "../../../core/campaign.ts";
import type { Json } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import { removeFolder } from "../../../platform/remove-folder.ts";
import type { PackageFiles } from "../../../scaffold/package-files.ts";
import type { References } from "../references.ts";
import type { Reviewer, ReviewOutcome, ReviewSession, ReviewSpending, ReviewTask } from "../reviewer.ts";
import { LeftResult, readResult } from "./read-result.ts";
import { prepareFolder, promptText } from "./review-folder.ts";

export interface CommandReviewerOptions extends ProgramOptions {
  references: References;
  clock: Clock;
}

/** Throws as `openProgram`. The identity names the jail, and says so where the program runs without one. */
export async function createCommandReviewer(options: CommandReviewerOptions): Promise<Reviewer> {
  const opened = await openProgram(options);
  return {
    identity: { name: opened.program.name, details: opened.details },
    open: async (task) => new CommandSession(opened, task, options.references, options.clock),
    close: async () => undefined,
  };
}

/** What is kept of a run. */
const RunRecord = v.variant("kind", [
  v.strictObject({
    kind: v.literal("left"),
    left: LeftResult,
    usage: v.optional(ReviewSpendingSchema),
    ms: v.number(),
  }),
  v.strictObject({
    kind: v.literal("none"),
    code: v.picklist(["no-proposal", "out-of-time"]),
    reason: v.string(),
    ms: v.number(),
  }),
]);
type RunRecord = v.InferOutput<typeof RunRecord>;

class CommandSession implements ReviewSession {
  readonly #program: OpenProgram;
  readonly #task: ReviewTask;
  readonly #references: References;
  readonly #clock: Clock;
  readonly #transcript: Json[] = [];
  readonly #spent: ReviewSpending = { calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  #runs = 0;
  #spentMs = 0;
  #files: PackageFiles;
  #left: Record<string, string> = {};

  constructor(program: OpenProgram, task: ReviewTask, references: References, clock: Clock) {
    this.#program = program;
    this.#task = task;
    this.#references = references;
    this.#clock = clock;
    this.#files = task.start;
  }

  propose(): Promise<ReviewOutcome> {
    return this.#once(undefined);
  }

  mend(problems: string): Promise<ReviewOutcome> {
    return this.#once(problems);
  }

  transcript(): readonly Json[] {
    return this.#transcript;
  }

  spent(): ReviewSpending {
    return { ...this.#spent };
  }

  async close(): Promise<void> {
    await removeFolder(this.#folder());
  }

  async #once(problems: string | undefined): Promise<ReviewOutcome> {
    this.#runs += 1;
    const record = await this.#task.log.once(`run-${this.#runs}`, RunRecord, () => this.#live(problems));
    this.#spentMs += record.ms;
    if (record.kind === "none") {
      this.#transcript.push({ run: this.#runs, ended: record.code, reason: record.reason });
      return { kind: "none", code: record.code, reason: record.reason };
    }
    const { left, usage } = record;
    this.#transcript.push({ run: this.#runs, problems: problems ?? null, files: Object.keys(left.files) });
    this.#add(usage);
    const encoder = new TextEncoder();
    this.#files = new Map(Object.entries(left.files).map(([path, text]) => [path, encoder.encode(text)]));
    const { structuralChange, analysis, method } = left;
    this.#left = { "analysis.md": analysis, "method.md": method, "change.json": JSON.stringify(structuralChange) };
    return { kind: "proposal", proposal: { files: this.#files, structuralChange, analysis, method } };
  }

  async #live(problems: string | undefined): Promise<RunRecord> {
    const { seconds } = this.#task.limits;
    const timeoutMs = seconds * 1000 - this.#spentMs;
    if (timeoutMs <= 0) {
      const reason = `The review was not finished within ${seconds} seconds.`;
      return { kind: "none", code: "out-of-time", reason, ms: 0 };
    }
    const startMs = this.#clock.monotonicMs();
    const content = {
      brief: this.#task.brief,
      references: this.#references,
      evidence: this.#task.evidence.path,
      files: this.#files,
      left: this.#left,
      problems,
    };
    const folder = await prepareFolder(this.#folder(), content, this.#program.jail.kind !== "none");
    const { key, limits, signal, onProgress } = this.#task;
    const run = { key, prompt: promptText, folder, limits, timeoutMs, signal, onProgress };
    const end = await runProgram(this.#program, run, readResult);
    const ms = Math.max(0, this.#clock.monotonicMs() - startMs);
    if (end.kind === "left") return { ...end, ms };
    return { ...end, code: end.code === "out-of-time" ? end.code : "no-proposal", ms };
  }

  #add(usage: ReviewSpending | undefined): void {
    if (usage === undefined) return;
    for (const name of Object.keys(this.#spent) as (keyof ReviewSpending)[]) this.#spent[name] += usage[name];
  }

  #folder(): string {
    return join(this.#task.scratch, "review");
  }
}
