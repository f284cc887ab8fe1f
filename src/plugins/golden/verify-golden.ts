/** Replays many recordings over a few processes of one game. */
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
  /** Told each result as it comes. */
  onResult?: ((result: GoldenResult) => void) | undefined;
}

/**
 * One result a file, in the order given. A process plays one file after another, as a game must give the same episode in any process;
 * after a failure the next file gets a fresh one. `launch` decides the assets: see `launchOf`, `assetsFolder`.
 */
export async function verifyGolden(
  launch: Launch,
  files: readonly string[],
  options: GoldenOptions,
): Promise<GoldenResult[]> {
  const results: GoldenResult[] = [];
  let next = 0;
  const worker = async () => {
    let game: GameClient | undefined;
    try {
      for (let index = next++; index < files.length; index = next++) {
        const open = async () => {
          game ??= await startGame(launch, {
            automemVersion: options.automemVersion,
            pluginHash: "",
            limits: options.limits,
          });
          return game;
        };
        const result = await verifyFile(files[index]!, open);
        results[index] = result;
        options.onResult?.(result);
        if (result.status === "failed") {
          await game?.close();
          game = undefined;
        }
      }
    } finally {
      await game?.close();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.parallel, files.length)) }, worker));
  return results;
}

async function verifyFile(file: string, open: () => Promise<GameClient>): Promise<GoldenResult> {
  try {
    const episode = await readGolden(file);
    const difference = await replayGolden(await open(), episode);
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
