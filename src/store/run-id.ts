/** Names of runs and of the episodes in them: readable, sortable by time, safe as file names on every system. */
import { hashBytes } from "../core/hash.ts";

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** `crafter-20261121-1107-k3f9`: game, UTC date and time, four random letters. `random` gives numbers in [0, 1). */
export function newRunId(game: string, nowMs: number, random: () => number = Math.random): string {
  const [date = "", time = ""] = new Date(nowMs).toISOString().split("T");
  const suffix = Array.from({ length: 4 }, () => letters[Math.floor(random() * letters.length)]).join("");
  return `${slug(game).slice(0, 40)}-${date.replaceAll("-", "")}-${time.slice(0, 5).replace(":", "")}-${suffix}`;
}

/** True for what `newRunId` can make; guards paths made from what a user typed. */
export function isRunId(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,120}$/.test(text);
}

/** `default-s42`; where the task's name had to be changed, a piece of its hash keeps two tasks apart: `minihack-quest-1f3a9c-s7`. */
export function episodeKey(episode: { task: string; seed: number }): string {
  const plain = slug(episode.task).slice(0, 60);
  const name = plain === episode.task ? plain : `${plain}-${hashBytes(episode.task).slice(0, 6)}`;
  return `${name}-s${episode.seed}`;
}

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return plain === "" ? "x" : plain;
}
