/**
 * The determinism check: the same task, seed and actions in two fresh processes give the same episode. The second process plays the tasks in
 * the opposite order, so that what one episode leaves behind for the next is found as well.
 */

import type { GameStart } from "../../core/game.ts";
import { hashBytes, hashJson } from "../../core/hash.ts";
import type { GameClient } from "../game-client.ts";
import type { GameProbe } from "./game-probe.ts";

export interface DeterminismSpec {
  task: string;
  seed: number;
  /** Steps at most. */
  steps: number;
}

export interface DeterminismResult {
  task: string;
  seed: number;
  /** Steps played in the first process. */
  steps: number;
  /** Of everything the agent is given in the episode; the first process's. */
  hash: string;
  equal: boolean;
  /** Where and how they first differ. */
  difference?: string;
}

/** What is compared of each turn; `info` is for people and is left out. */
type Turn = Record<string, unknown>;

export const determinismSteps = 60;
export const determinismSeed = 42;

/** Tasks of `specs` must start. Throws the game's error if a process fails. */
export async function checkDeterminism(
  probe: GameProbe,
  specs: readonly DeterminismSpec[],
): Promise<DeterminismResult[]> {
  const [first, second] = await Promise.all([
    probe.alone((game) => playAll(game, specs)),
    probe.alone((game) => playAll(game, [...specs].reverse())),
  ]);
  second.reverse();
  return specs.map(({ task, seed }, index) => {
    const turns = first[index]!;
    const difference = firstDifference(turns, second[index]!);
    const result = { task, seed, steps: turns.length - 1, hash: hashJson(turns), equal: difference === undefined };
    return difference === undefined ? result : { ...result, difference };
  });
}

async function playAll(game: GameClient, specs: readonly DeterminismSpec[]): Promise<Turn[][]> {
  const episodes: Turn[][] = [];
  for (const spec of specs) episodes.push(await play(game, spec));
  return episodes;
}

async function play(game: GameClient, { task, seed, steps }: DeterminismSpec): Promise<Turn[]> {
  const start = await game.reset({ task, seed, options: {} });
  const { info: _, ...shown } = start;
  const turns: Turn[] = [shown];
  const nextAction = actionSource(start, `${task} ${seed}`);
  for (let step = 0; step < steps; step++) {
    const action = nextAction();
    const { info: _, ...transition } = await game.step(action);
    turns.push({ action, ...transition });
    if (transition.terminated || transition.truncated) break;
  }
  return turns;
}

/** Actions drawn evenly from the list, one in eight invalid; the same for the same key. */
function actionSource(start: GameStart, key: string): () => string {
  let state = Number.parseInt(hashBytes(key).slice(0, 8), 16);
  // mulberry32: small, well mixed, and the same everywhere.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return () =>
    random() < 0.125 ? "automem: no such action" : start.actions[Math.floor(random() * start.actions.length)]!.name;
}

function firstDifference(left: readonly Turn[], right: readonly Turn[]): string | undefined {
  for (let turn = 0; turn < Math.max(left.length, right.length); turn++) {
    const place = turn === 0 ? "the reset" : `step ${turn - 1} (action ${JSON.stringify(left[turn]?.action)})`;
    const [one, other] = [left[turn], right[turn]];
    if (one === undefined || other === undefined) return `one process ends before ${place}`;
    const key = Object.keys(one).find((name) => hashJson(one[name]) !== hashJson(other[name]));
    if (key !== undefined) return `${place} differs in ${key}: ${brief(one[key])} and ${brief(other[key])}`;
  }
  return undefined;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
