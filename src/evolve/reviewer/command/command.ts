/**
 * The reviewers `command:...` and `claude-code`: an external program in a prepared folder. Only the package and three texts come back. Each run is
 * in the log with all that it left, so a campaign that was killed does not run it again.
 */
import { join } from "node:path";
import * as v from "valibot";
import { ReviewSpending as ReviewSpendingSchema } from "../../../core/campaign.ts";
import { ConfigError } from "../../../core/errors.ts";
import type { Json } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import { findJail, type Jail } from "../../../platform/jail.ts";
import { removeFolder } from "../../../platform/remove-folder.ts";
import type { PackageFiles } from "../../../scaffold/package-files.ts";
import type { References } from "../references.ts";
import type { Reviewer, ReviewOutcome, ReviewSession, ReviewSpending, ReviewTask } from "../reviewer.ts";
import { findProgram, parseProgram } from "./program.ts";
import { LeftResult } from "./read-result.ts";
import { prepareFolder } from "./review-folder.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";
import { CommandSettings } from "./settings.ts";

export interface CommandReviewerOptions {
  /** `command:PROGRAM ARGS...`, `claude-code` or `claude-code:MODEL`. */
  name: string;
  references: References;
  clock: Clock;
  /** Of this process; the program is given PATH and the variables that the settings name. */
  environment: Readonly<Record<string, string | undefined>>;
  settings?: v.InferInput<typeof CommandSettings> | undefined;
  /** Default: looked for. */
  jail?: Jail | undefined;
}

type Kept = Omit<ProgramRun, "folder" | "task" | "timeoutMs">;

/**
 * Throws `ConfigError`: `bad-command`, `no-program`, `bad-setting`, `no-jail` where one is required and there is none. The identity names the
 * jail, and says so where the program runs without one.
 */
export async function createCommandReviewer(options: CommandReviewerOptions): Promise<Reviewer> {
  const program = parseProgram(options.name);
  const settings = readSettings(options);
  const path = options.environment.PATH ?? "";
  const found = await findProgram(program, path);
  const jail = options.jail ?? (await findJail(path));
  if (jail.kind === "none" && settings.jail === "required") {
    throw new ConfigError(`${program.name} is to run in a jail, and there is none: ${jail.reason}.`, {
      code: "no-jail",
    });
  }
  const network = settings.network ?? program.network;
  const named = settings.environment ?? program.environment;
  const given = named.filter((name) => options.environment[name] !== undefined);
  const environment = Object.fromEntries(given.map((name) => [name, options.environment[name] as string]));
  const run: Kept = { program, found, settings, jail, network, environment: { ...environment, PATH: path } };
  return {
    identity: {
      name: program.name,
      details: {
        program: found.hash,
        network: jail.kind === "none" ? "not restricted" : network,
        environment: [...given],
        readable: [...settings.readable],
        ...jailDetails(jail),
      },
    },
    open: async (task) => new CommandSession(run, task, options.references, options.clock),
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
  readonly #run: Kept;
  readonly #task: ReviewTask;
  readonly #references: References;
  readonly #clock: Clock;
  readonly #transcript: Json[] = [];
  readonly #spent: ReviewSpending = { calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  #runs = 0;
  #spentMs = 0;
  #files: PackageFiles;
  #left: Record<string, string> = {};

  constructor(run: Kept, task: ReviewTask, references: References, clock: Clock) {
    this.#run = run;
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
    const folder = await prepareFolder(this.#folder(), content, this.#run.jail.kind !== "none");
    const end = await runProgram({ ...this.#run, folder, task: this.#task, timeoutMs });
    return { ...end, ms: Math.max(0, this.#clock.monotonicMs() - startMs) };
  }

  #add(usage: ReviewSpending | undefined): void {
    if (usage === undefined) return;
    for (const name of Object.keys(this.#spent) as (keyof ReviewSpending)[]) this.#spent[name] += usage[name];
  }

  #folder(): string {
    return join(this.#task.scratch, "review");
  }
}

function jailDetails(jail: Jail): { jail: string; warning?: string } {
  if (jail.kind === "bubblewrap") return { jail: `bubblewrap ${jail.version}` };
  return { jail: "none", warning: `The program could read and write all that the user can: ${jail.reason}.` };
}

function readSettings({ name, settings }: CommandReviewerOptions): CommandSettings {
  const parsed = v.safeParse(CommandSettings, settings ?? {});
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new ConfigError(
    `The settings of ${name} cannot be used: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}.`,
    {
      code: "bad-setting",
    },
  );
}
