/** What a settings file (TOML) may say; the same names as the recorded settings, all optional. Flags say the same things. */
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";
import { RunSettings } from "../core/run-settings.ts";

const fields = RunSettings.entries;

export const RunFile = v.strictObject({
  preset: v.optional(v.string()),
  game: v.optional(fields.game),
  tasks: fields.tasks,
  gameOptions: v.optional(fields.gameOptions.wrapped),
  model: v.optional(fields.model),
  specialistModel: fields.specialistModel,
  specialist: fields.specialist,
  scaffold: v.optional(v.string()),
  /** Name of a seed set, a list such as "42,43" or "42..51", or numbers. */
  seeds: v.optional(v.union([v.string(), v.array(v.number())])),
  /** Episodes of each task at most: the first seeds of the set. */
  episodes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  maxSteps: fields.maxSteps,
  parallel: v.optional(fields.parallel.wrapped),
  contextTokens: fields.contextTokens,
  sampling: v.optional(v.partial(fields.sampling.wrapped)),
  memory: v.optional(v.partial(fields.memory.wrapped)),
  agent: v.optional(v.partial(fields.agent.wrapped)),
  restarts: v.optional(fields.restarts.wrapped),
  constrain: fields.constrain,
  budget: fields.budget,
  prices: fields.prices,
  cacheCalls: fields.cacheCalls,
});
export type RunFile = v.InferInput<typeof RunFile>;

/** Parses a settings file. Throws `ConfigError` (`bad-settings-file`) with the file, the place and the fault. */
export function parseRunFile(text: string, path: string): RunFile {
  return runFileOf(readToml(text, path), path);
}

/** The top table of a TOML file. Throws `ConfigError` (`bad-settings-file`) with the place. */
export function readToml(text: string, path: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (cause) {
    const where = cause instanceof TomlError ? ` line ${cause.line}, column ${cause.column}` : "";
    const what = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new ConfigError(`Settings file ${path}${where}: ${what}.`, { code: "bad-settings-file", cause });
  }
}

/** What a table says of a run. Throws `ConfigError` (`bad-settings-file`) with the fault. */
export function runFileOf(value: unknown, path: string): RunFile {
  const result = v.safeParse(RunFile, value);
  // The value as written, not the parsed one: defaults must not hide what a preset says.
  if (result.success) return value as RunFile;
  throw new ConfigError(`Settings file ${path}: ${issueText(result.issues)}`, { code: "bad-settings-file" });
}

/** Issues of a schema as one line a person can act on. */
export function issueText(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "(top)"}: ${issue.message}`).join("; ");
}
