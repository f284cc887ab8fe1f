/** The families of MiniHack's tasks. Each has an instruction and seeded rules of its own. */

export type Family = "boxoban" | "mazewalk" | "corridor-battle" | "corridor" | "quest" | "other";

/** By the name of the task; the longer name first, as one contains the other. */
const words: readonly [word: string, family: Family][] = [
  ["boxoban", "boxoban"],
  ["mazewalk", "mazewalk"],
  ["corridorbattle", "corridor-battle"],
  ["corridor", "corridor"],
  ["quest", "quest"],
];

/** "MiniHack-Corridor-R3-v0" is corridor; what no family knows is other. */
export function familyOf(task: string): Family {
  const lowered = task.toLowerCase();
  return words.find(([word]) => lowered.includes(word))?.[1] ?? "other";
}
