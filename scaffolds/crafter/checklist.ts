/** The checklist of the 22 achievements, one line each, ticked by the model with the operation CHECK. */
import { achievements } from "./rules.ts";

/** The seeded file: "[ ] collect wood", and so on. */
export function freshChecklist(): string {
  return achievements.map((name) => `[ ] ${name}`).join("\n");
}

/** The achievement a model means: case, `_`, and what stands around it do not matter. */
export function achievementOf(written: string): string | undefined {
  const plain = written
    .toLowerCase()
    .replace(/[^a-z]+/g, " ")
    .replace(/^\s*x /, "")
    .trim();
  return achievements.find((name) => name === plain);
}

/** The file with one line ticked; added if the model has lost that line. `undefined` if it is ticked already. */
export function withTick(text: string, achievement: string): string | undefined {
  const rows = text.split("\n").filter((row) => row.trim() !== "");
  const at = rows.findIndex((row) => achievementOf(row) === achievement);
  const ticked = `[x] ${achievement}`;
  if (at < 0) return [...rows, ticked].join("\n");
  if (/^\s*\[x\]/i.test(rows[at] ?? "")) return undefined;
  rows[at] = ticked;
  return rows.join("\n");
}

/** How many lines are ticked. */
export function tickedCount(text: string): number {
  return text.split("\n").filter((row) => /^\s*\[x\]/i.test(row)).length;
}
