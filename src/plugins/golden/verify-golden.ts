/** Replays many recordings over a few processes of one game. */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { AutomemError, messageOf } from "../../core/errors.ts";
import { type GameClient, type GameLimits, startGame } from "../game-client.ts";
import type { Launch } from "../plugin-process.ts";
import { readGolden } from "./golden-file.ts";
import { type GoldenDifference, replayGolden } from "./replay.ts";

export type GoldenResult =
  | { file: string; status: "passed"; steps: number }
  | { file: string; status: "different"; steps: number; difference: GoldenDifference }
  /** Something the user can bring is missing; nothing was compared. */
  | { file: string; status: "skipped"; reason: string }
  /** The file or the game failed. */
  | { file: string; status: "failed"; reason: string };

export interface GoldenOptions {
  automemVersion: string;
  /** Processes at a time, at least 1. */
  parallel: number;
  limits?: Partial<GameLimits> | undefined;
  /** Assets for all files, instead of the installed ones and of those that a recording names. */
  assetsFolder?: string | undefined;
  /** Told each result as it comes. */
  onResult?: ((result: GoldenResult) => void) | undefined;
}

/**
 * One result a file, in the order given. A process plays one file after another, as a game must give the same episode in any process;
 * after a failure, and for a recording with assets of its own, there is a fresh one.
 */
export async function verifyGolden(
  launch: Launch,
  files: readonly string[],
  options: GoldenOptions,
): Promise<GoldenResult[]> {
  const results: GoldenResult[] = [];
  let next = 0;
  const worker = async () => {
    const player = new Player(launch, options);
    try {
      for (let index = next++; index < files.length; index = next++) {
        const result = await verifyFile(files[index]!, player, options.assetsFolder);
        results[index] = result;
        options.onResult?.(result);
        if (result.status === "failed") await player.close();
      }
    } finally {
      await player.close();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.parallel, files.length)) }, worker));
  return results;
}

/** One process at a time, with the assets that the file at hand needs. */
class Player {
  readonly #launch: Launch;
  readonly #options: GoldenOptions;
  #game: GameClient | undefined;
  #assetsFolder: string | undefined;

  constructor(launch: Launch, options: GoldenOptions) {
    this.#launch = launch;
    this.#options = options;
  }

  async with(assetsFolder: string | undefined): Promise<GameClient> {
    if (this.#assetsFolder !== assetsFolder) await this.close();
    this.#assetsFolder = assetsFolder;
    this.#game ??= await this.#start();
    return this.#game;
  }

  async close(): Promise<void> {
    await this.#game?.close();
    this.#game = undefined;
  }

  #start(): Promise<GameClient> {
    const { automemVersion, limits } = this.#options;
    const assets = this.#assetsFolder === undefined ? {} : { AUTOMEM_ASSETS_DIR: this.#assetsFolder };
    const launch = { ...this.#launch, env: { ...this.#launch.env, ...assets } };
    return startGame(launch, { automemVersion, pluginHash: "", limits });
  }
}

async function verifyFile(file: string, player: Player, given: string | undefined): Promise<GoldenResult> {
  try {
    const episode = await readGolden(file);
    const named = episode.meta.boxoban_dir ?? undefined;
    const assetsFolder = given ?? (named === undefined ? undefined : await folderAbove(file, named));
    if (named !== undefined && assetsFolder === undefined) {
      return {
        file,
        status: "skipped",
        reason: `it was recorded with the assets in ${named}, and no folder above it has that name`,
      };
    }
    const difference = await replayGolden(await player.with(assetsFolder), episode);
    const steps = episode.steps.length;
    return difference === undefined
      ? { file, status: "passed", steps }
      : { file, status: "different", steps, difference };
  } catch (cause) {
    if (cause instanceof AutomemError && cause.data.rpcCode === -32002)
      return { file, status: "skipped", reason: cause.message };
    return { file, status: "failed", reason: messageOf(cause) };
  }
}

/** The nearest folder above `file` that is called `name`, or has a folder of that name in it. */
async function folderAbove(file: string, name: string): Promise<string | undefined> {
  for (let folder = dirname(resolve(file)); ; folder = dirname(folder)) {
    if (basename(folder) === name) return folder;
    const inside = resolve(folder, name);
    if (basename(inside) === name && (await stat(inside).catch(() => undefined))?.isDirectory()) return inside;
    if (dirname(folder) === folder) return undefined;
  }
}
