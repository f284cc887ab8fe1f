/** Keeps files that grow without end short: the oldest lines go. What was seeded is never lost. */

export interface PruneRule {
  file: string;
  /** Lines, without the seeded ones, above which the file is pruned. */
  over: number;
  /** Lines kept then, the last ones. */
  keep: number;
}

export const pruneRules: readonly PruneRule[] = [
  { file: "log.txt", over: 200, keep: 100 },
  { file: "strategy.txt", over: 60, keep: 25 },
  { file: "encounters.txt", over: 150, keep: 50 },
];

/**
 * The text without its oldest lines; `undefined` if there is nothing to prune. A line of `seeded` stays wherever it stands, once;
 * the order of all lines stays.
 */
export function pruned(
  content: string,
  seeded: string,
  { over, keep }: Pick<PruneRule, "over" | "keep">,
): string | undefined {
  const lines = linesOf(content);
  const seeds = new Set(linesOf(seeded).filter((line) => line.trim() !== ""));
  const isSeed = lines.map((line) => seeds.delete(line));
  const own = isSeed.filter((seed) => !seed).length;
  if (own <= over) return undefined;
  let toDrop = own - keep;
  const kept = lines.filter((_, at) => {
    if (isSeed[at] || toDrop === 0) return true;
    toDrop -= 1;
    return false;
  });
  return kept.length === 0 ? "" : `${kept.join("\n")}\n`;
}

function linesOf(content: string): string[] {
  const lines = content.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}
