/** Signs of getting nowhere: going to and fro, an action without effect again and again, staying in one corner. */
import { moveDirection } from "./directions.ts";
import type { PastStep } from "./history.ts";

/** Actions that are repeated with reason although nothing is seen to change. */
const patient = ["search", "wait", "kick", "open", "force", "untrap"];

/**
 * How many of the last steps went to and fro between two squares; 0 if fewer than four. Steps that showed new squares, blows or other
 * changes break the row, so that fighting or pushing in place is none.
 */
export function oscillation(history: readonly PastStep[]): number {
  let count = 0;
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const step = history[at]!;
    if (step.effect !== "moved" || step.place === null || moveDirection(step.action) === undefined) break;
    const twoLater = history[at + 2];
    const oneLater = history[at + 1];
    if (twoLater !== undefined && !isSame(step, twoLater)) break;
    if (oneLater !== undefined && isSame(step, oneLater)) break;
    count += 1;
  }
  return count >= 4 ? count : 0;
}

/** How often in a row, up to now, the same action was without any effect. */
export function uselessRepeats(history: readonly PastStep[]): number {
  const last = history[history.length - 1];
  if (last === undefined || patient.includes(last.action)) return 0;
  let count = 0;
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const step = history[at]!;
    if (step.action !== last.action || step.effect !== "nothing") break;
    count += 1;
  }
  return count;
}

/** Searches or waits in a row, up to now. */
export function patience(history: readonly PastStep[]): number {
  let count = 0;
  for (let at = history.length - 1; at >= 0 && ["search", "wait"].includes(history[at]!.action); at -= 1) count += 1;
  return count;
}

/**
 * For how many of the last steps the player has stayed on at most three squares and nothing new was seen, won or fought; 0 if fewer than
 * eight.
 */
export function stuckSteps(history: readonly PastStep[]): number {
  const squares = new Set<string>();
  let count = 0;
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const { effect, place, action } = history[at]!;
    if ((effect !== "nothing" && effect !== "moved") || patient.includes(action)) break;
    if (place !== null) squares.add(`${place.x},${place.y}`);
    if (squares.size > 3) break;
    count += 1;
  }
  return count >= 8 ? count : 0;
}

function isSame(one: PastStep, other: PastStep): boolean {
  return one.place?.x === other.place?.x && one.place?.y === other.place?.y;
}
