/** The game contract: what a game plugin offers to the agent. Wire form: docs/protocol.md, kind `game`. */
import * as v from "valibot";
import { JsonObject } from "./json.ts";

/** Two texts: `long` is what was seen, `short` is inventory or status. Either may be empty. */
export const Observation = v.object({ long: v.string(), short: v.string() });
export type Observation = v.InferOutput<typeof Observation>;

export const GameAction = v.object({ name: v.pipe(v.string(), v.minLength(1)), description: v.string() });
export type GameAction = v.InferOutput<typeof GameAction>;

export const GameTask = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  description: v.string(),
  maxSteps: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type GameTask = v.InferOutput<typeof GameTask>;

/** A share in [0, 1]. */
export const Progress = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const GameStart = v.object({
  observation: Observation,
  /** The game's own instruction text. */
  instruction: v.string(),
  /** What the agent may play, in the game's order; names are unique. */
  actions: v.pipe(v.array(GameAction), v.minLength(1)),
  /** Played for an invalid action; one of `actions`. */
  defaultAction: v.string(),
  /** Steps after which the game ends the episode. */
  maxSteps: v.pipe(v.number(), v.integer(), v.minValue(1)),
  progress: Progress,
  info: JsonObject,
});
export type GameStart = v.InferOutput<typeof GameStart>;

export const Transition = v.object({
  observation: Observation,
  reward: v.pipe(v.number(), v.finite()),
  /** The game ended. */
  terminated: v.boolean(),
  /** A limit of the game ended it. */
  truncated: v.boolean(),
  progress: Progress,
  /** False if the action was not in the list, and `executed` is the default that was played for it. */
  valid: v.boolean(),
  executed: v.string(),
  info: JsonObject,
});
export type Transition = v.InferOutput<typeof Transition>;

/** Seeds are integers in [0, 2^31). */
export const Seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));

export interface EpisodeSpec {
  task: string;
  seed: number;
  options: JsonObject;
}

/** What decides an episode beside task, seed, options and actions; recorded with every result. */
export const GameIdentity = v.object({
  name: v.string(),
  version: v.string(),
  /** Content hash of the installed plugin. */
  pluginHash: v.string(),
  packages: v.record(v.string(), v.string()),
  /** Null where the game does not read the clock; false where it does and it could not be frozen. */
  clockFrozen: v.nullable(v.boolean()),
});
export type GameIdentity = v.InferOutput<typeof GameIdentity>;

/**
 * One game process. Calls are made one at a time. Throws `GameError` (or `ConfigError` for a bad task or option);
 * after a throw with `code` other than `bad-params` the process must be taken as lost.
 */
export interface Game {
  readonly identity: GameIdentity;
  readonly tasks: readonly GameTask[];
  reset(spec: EpisodeSpec): Promise<GameStart>;
  step(action: string): Promise<Transition>;
  /** PNG of the present state, or `undefined` if the game draws nothing. */
  render(): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}
