/** A game plugin under test: processes on demand, with the plain wire within reach. */
import * as v from "valibot";
import { AutomemError } from "../../core/errors.ts";
import type { GameStart, Transition } from "../../core/game.ts";
import type { JsonObject } from "../../core/json.ts";
import { type GameClient, type GameLimits, startGame } from "../game-client.ts";
import type { PluginManifest } from "../manifest.ts";
import type { Launch } from "../plugin-process.ts";
import { CheckFailure } from "./check.ts";

export interface GameSubject {
  manifest: PluginManifest;
  launch: Launch;
  automemVersion: string;
  limits?: Partial<GameLimits> | undefined;
}

/** The code of an error that the wire or a client gave. */
export interface Refusal {
  rpcCode: number | undefined;
  code: string;
  message: string;
}

/** Holds one process that healthy checks share, and opens others for those that end theirs. */
export class GameProbe {
  readonly subject: GameSubject;
  #shared: GameClient | undefined;
  #startable: string[] | undefined;

  constructor(subject: GameSubject) {
    this.subject = subject;
  }

  /** A fresh process, to be closed by the caller. */
  async open(launch: Launch = this.subject.launch): Promise<GameClient> {
    const { automemVersion, limits } = this.subject;
    return startGame(launch, { automemVersion, pluginHash: "0".repeat(64), limits });
  }

  /** The shared process; a new one if the last is gone. */
  async shared(): Promise<GameClient> {
    if (this.#shared?.process.hasExited === true) await this.#drop();
    this.#shared ??= await this.open();
    return this.#shared;
  }

  /** Runs `work` on a process of its own and closes it. */
  async alone<T>(work: (game: GameClient) => Promise<T>, launch?: Launch): Promise<T> {
    const game = await this.open(launch);
    try {
      return await work(game);
    } finally {
      await game.close();
    }
  }

  /** Default tasks that start here; the others lack an asset. Throws if one fails in another way, or none starts. */
  async startableTasks(): Promise<string[]> {
    if (this.#startable !== undefined) return this.#startable;
    const game = await this.shared();
    const startable: string[] = [];
    for (const { id } of game.tasks) {
      const refusal = await refusalOf(() => this.reset(id));
      if (refusal === undefined) startable.push(id);
      else if (refusal.rpcCode !== -32002) throw new CheckFailure(`task ${id} does not start: ${refusal.message}`);
    }
    if (startable.length === 0) throw new CheckFailure("no task starts: every one says that something is missing");
    this.#startable = startable;
    return startable;
  }

  /** The first task that starts here. */
  async task(): Promise<string> {
    return (await this.startableTasks())[0]!;
  }

  /** Resets the shared process. */
  async reset(task: string, seed = 1, options: JsonObject = {}): Promise<GameStart> {
    return (await this.shared()).reset({ task, seed, options });
  }

  async step(action: string): Promise<Transition> {
    return (await this.shared()).step(action);
  }

  /** Any method with any params on the wire of `game`. */
  async raw(game: GameClient, method: string, params: object): Promise<unknown> {
    return game.process.call(method, params, v.unknown(), { timeoutMs: 60_000, during: method });
  }

  async close(): Promise<void> {
    await this.#drop();
  }

  async #drop(): Promise<void> {
    await this.#shared?.close();
    this.#shared = undefined;
  }
}

/** The typed error `work` ends with; `undefined` if it succeeds. Other errors are thrown on. */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await work();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof AutomemError)) throw cause;
    const { rpcCode } = cause.data;
    return { rpcCode: typeof rpcCode === "number" ? rpcCode : undefined, code: cause.code, message: cause.message };
  }
}

/** Throws unless `work` is refused with this number of the protocol. */
export async function expectRefusal(work: () => Promise<unknown>, rpcCode: number): Promise<void> {
  const refusal = await refusalOf(work);
  if (refusal?.rpcCode === rpcCode) return;
  const got =
    refusal === undefined
      ? "it was accepted"
      : `it was answered with ${refusal.rpcCode ?? refusal.code}: ${refusal.message}`;
  throw new CheckFailure(`expected error ${rpcCode}; ${got}`);
}
