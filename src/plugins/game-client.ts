/** A game plugin's process as the `Game` of src/core/game.ts. Wire form: docs/protocol.md, kind `game`. */
import * as v from "valibot";
import { ConfigError, type FaultDetails, GameError } from "../core/errors.ts";
import { type EpisodeSpec, type Game, type GameIdentity, GameStart, GameTask, Transition } from "../core/game.ts";
import { protocolVersion } from "./manifest.ts";
import { type Launch, type PluginLimits, PluginProcess, standardLimits } from "./plugin-process.ts";

/** Milliseconds. */
export interface GameLimits extends PluginLimits {
  resetMs: number;
  stepMs: number;
  renderMs: number;
}

export const standardGameLimits: GameLimits = { ...standardLimits, resetMs: 120_000, stepMs: 60_000, renderMs: 30_000 };

export interface GameStartOptions {
  automemVersion: string;
  /** Content hash of the installed plugin, for the identity. */
  pluginHash: string;
  limits?: Partial<GameLimits> | undefined;
}

/** The answer to `initialize`. */
export const GameReady = v.object({
  protocolVersion: v.literal(protocolVersion),
  name: v.string(),
  version: v.string(),
  tasks: v.pipe(v.array(GameTask), v.minLength(1)),
  packages: v.record(v.string(), v.string()),
  determinism: v.object({ clockFrozen: v.nullable(v.boolean()), notes: v.array(v.string()) }),
});
export type GameReady = v.InferOutput<typeof GameReady>;

/** `GameStart` with what a single field cannot say. */
export const CheckedGameStart = v.pipe(
  GameStart,
  v.check(
    (start) => new Set(start.actions.map((action) => action.name)).size === start.actions.length,
    "an action name stands twice",
  ),
  v.check(
    (start) => start.actions.some((action) => action.name === start.defaultAction),
    "defaultAction is not among the actions",
  ),
);

const Picture = v.object({ png: v.pipe(v.string(), v.base64()) });

/** Starts a game plugin and waits until it is ready. Throws `GameError`, or `ConfigError` where something the user must bring is missing. */
export async function startGame(launch: Launch, options: GameStartOptions): Promise<GameClient> {
  const limits = { ...standardGameLimits, ...options.limits };
  const process = await PluginProcess.start(launch, gameFault, limits);
  try {
    const ready = await process.call(
      "initialize",
      { protocolVersion, automemVersion: options.automemVersion },
      GameReady,
      {
        timeoutMs: limits.startMs,
        during: "start",
      },
    );
    return new GameClient(process, ready, options.pluginHash, limits);
  } catch (cause) {
    await process.close();
    throw cause;
  }
}

/** Calls are sent in the order they are made, each after the answer to the one before. */
export class GameClient implements Game {
  readonly identity: GameIdentity;
  readonly tasks: readonly GameTask[];
  readonly ready: GameReady;
  /** For checks that look below the contract. */
  readonly process: PluginProcess;
  readonly #limits: GameLimits;
  #before: Promise<unknown> = Promise.resolve();
  /** Task and seed, for errors. */
  #episode = "";

  constructor(process: PluginProcess, ready: GameReady, pluginHash: string, limits: GameLimits) {
    this.process = process;
    this.ready = ready;
    this.tasks = ready.tasks;
    this.#limits = limits;
    this.identity = {
      name: ready.name,
      version: ready.version,
      pluginHash,
      packages: ready.packages,
      clockFrozen: ready.determinism.clockFrozen,
    };
  }

  async reset(spec: EpisodeSpec): Promise<GameStart> {
    this.#episode = `${spec.task}, seed ${spec.seed}`;
    return this.#inTurn(() =>
      this.process.call("reset", { task: spec.task, seed: spec.seed, options: spec.options }, CheckedGameStart, {
        timeoutMs: this.#limits.resetMs,
        during: `reset, task ${spec.task}, seed ${spec.seed}`,
      }),
    );
  }

  async step(action: string): Promise<Transition> {
    return this.#inTurn(() =>
      this.process.call("step", { action }, Transition, {
        timeoutMs: this.#limits.stepMs,
        during: `step (action ${JSON.stringify(action)}), task ${this.#episode}`,
      }),
    );
  }

  async render(): Promise<Uint8Array | undefined> {
    return this.#inTurn(async () => {
      try {
        const options = { timeoutMs: this.#limits.renderMs, during: `render, task ${this.#episode}` };
        const { png } = await this.process.call("render", {}, Picture, options);
        return new Uint8Array(Buffer.from(png, "base64"));
      } catch (cause) {
        if (cause instanceof GameError && cause.data.rpcCode === -32601) return undefined;
        throw cause;
      }
    });
  }

  async close(): Promise<void> {
    await this.process.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#before.then(work);
    this.#before = result.catch(() => undefined);
    return result;
  }
}

/** What the user can mend (a task, an option, an asset) is a `ConfigError`; the rest is the game's. */
export function gameFault(message: string, details: FaultDetails): GameError | ConfigError {
  switch (details.data?.rpcCode) {
    case -32602:
      return new ConfigError(message, {
        ...details,
        code: "bad-params",
        data: { ...details.data, reason: details.code },
      });
    case -32002:
      return new ConfigError(message, {
        ...details,
        code: details.code === "missing" ? "missing-asset" : details.code,
      });
    default:
      return new GameError(message, details);
  }
}
