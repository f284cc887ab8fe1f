/** Asks the model to compact files of its own that have grown long. */

export interface FileSize {
  name: string;
  lines: number;
}

export const linesToKeep = 25;

/** Files that are long by nature. */
const exempt = ["knowledge.txt", "checklist.txt"];

export function longFileWarnings(files: readonly FileSize[]): string[] {
  return files
    .filter(({ name, lines }) => lines > linesToKeep && !exempt.includes(name))
    .map(
      ({ name, lines }) =>
        `${name} has ${lines} lines. READ it, then WRITE it again with at most ${linesToKeep}: keep what still matters.`,
    );
}
