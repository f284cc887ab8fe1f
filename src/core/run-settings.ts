/** Every setting of a run, with unit, range and default. What a flag or a TOML file gives is checked against this, and it is recorded whole. */
import * as v from "valibot";
import { Budget, PriceTable } from "./budget.ts";
import { Sampling } from "./chat-model.ts";
import { Seed } from "./game.ts";
import { JsonObject } from "./json.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));

export const MemoryLimits = v.strictObject({
  /** Files in the folder at most. */
  files: v.optional(Positive, 64),
  /** Characters in one file at most. */
  fileCharacters: v.optional(Positive, 65_536),
  /** Characters in the whole folder at most. */
  folderCharacters: v.optional(Positive, 524_288),
  /** Characters of text in one write at most. */
  writeCharacters: v.optional(Positive, 16_384),
  /** Characters of one result shown to the model at most; a longer one is refused or shortened with a note that says so. */
  resultCharacters: v.optional(v.pipe(Positive, v.minValue(80)), 4_000),
  /** Lines a SEARCH or TAIL shows at most. */
  resultLines: v.optional(Positive, 200),
});
export type MemoryLimits = v.InferOutput<typeof MemoryLimits>;

export const AgentLimits = v.strictObject({
  /** Model calls in one LOG at most (paper: 10). */
  logCalls: v.optional(Positive, 10),
  /** Model calls in one PLAN at most (paper: 10). */
  planCalls: v.optional(Positive, 10),
  /** Actions the scaffold may reject in one step (paper: 2). */
  rejections: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 2),
  /** Operations run from one turn at most; the rest are refused. */
  operationsPerTurn: v.optional(Positive, 32),
  /** Tokens read and written in one step at most: a phase gets no further call when they are used up, and PLAN always has one. Absent: no limit. */
  tokensPerStep: v.optional(Positive),
  /** Milliseconds for one model call. */
  callTimeoutMs: v.optional(Positive, 600_000),
});
export type AgentLimits = v.InferOutput<typeof AgentLimits>;

export const RunSettings = v.strictObject({
  game: v.pipe(v.string(), v.minLength(1)),
  /** Tasks in order; absent: all that the plugin names. */
  tasks: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  /** Passed to the game's `reset`. */
  gameOptions: v.optional(JsonObject, {}),
  /** `PROVIDER:MODEL`. */
  model: v.pipe(v.string(), v.minLength(1)),
  /** `PROVIDER:MODEL` of a memory specialist beside it, which does LOG and looks things up in PLAN; absent: the model plays alone. */
  specialistModel: v.optional(v.pipe(v.string(), v.minLength(1))),
  /** An adapter of the store, by its name or the beginning of it: the model with it is the specialist. In place of `specialistModel`. */
  specialist: v.optional(v.pipe(v.string(), v.minLength(1))),
  /** Name of a shipped scaffold, a folder, or a ref. */
  scaffold: v.optional(v.string(), "base"),
  /** Each task is played once with each seed. */
  seeds: v.pipe(v.array(Seed), v.minLength(1)),
  /** The set the seeds came from, if any. */
  seedSet: v.optional(v.string()),
  /** Steps of an episode at most; absent: the game's own limit. */
  maxSteps: v.optional(Positive),
  /** Episodes played at the same time. */
  parallel: v.optional(v.pipe(Positive, v.maxValue(256)), 1),
  /** Tokens of one conversation with its reply; absent: the model's own, where it is known. */
  contextTokens: v.optional(v.pipe(Positive, v.minValue(256))),
  sampling: v.optional(Sampling, { temperature: 1, maxTokens: 512 }),
  memory: v.optional(MemoryLimits, {}),
  agent: v.optional(AgentLimits, {}),
  /** Times a lost game or engine process is started again for one episode. */
  restarts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 2),
  /** Replies are held to the operations and actions that are open; absent: they are not. Needs a provider that knows a grammar. */
  constrain: v.optional(v.boolean()),
  /** What one `run` or `resume` may spend; absent: no limit. */
  budget: v.optional(Budget),
  /** For a budget of money. */
  prices: v.optional(PriceTable),
  /** Replies are kept by what was asked, in AUTOMEM_HOME/calls, and given again; absent: they are not. */
  cacheCalls: v.optional(v.boolean()),
  preset: v.optional(v.string()),
});
export type RunSettings = v.InferOutput<typeof RunSettings>;
