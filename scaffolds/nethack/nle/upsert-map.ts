/**
 * Notes on places, one line each, keyed by level and coordinate: "Dlvl:4 (30,7) stairs down". A place has one note: a new one takes the
 * old one's line, an empty one removes it. Lines of another form are left alone.
 */

export interface MapKey {
  level: string;
  x: number;
  y: number;
}

/**
 * Reads "30,7" (this level), "4:30,7", "Dlvl:4 (30,7)" or "Home-2 30,7". Levels are written without blanks. `undefined` for any other
 * form.
 */
export function readMapKey(written: string, currentLevel: string): MapKey | undefined {
  const found = /^(?:([A-Za-z0-9:_ -]{1,40}?)[\s:]+)?\(?(\d{1,2})\s*,\s*(\d{1,2})\)?$/.exec(written.trim());
  if (found === null) return undefined;
  const level = found[1]?.trim();
  return { level: levelKey(level === undefined ? currentLevel : level), x: Number(found[2]), y: Number(found[3]) };
}

/** "Dlvl:4" for "4" and "dlvl 4"; other names with `-` for their blanks. */
export function levelKey(name: string): string {
  const number = /^(?:dlvl|level)?[:\s]*(\d+)$/i.exec(name.trim())?.[1];
  return number === undefined ? name.trim().replace(/\s+/g, "-") : `Dlvl:${Number(number)}`;
}

export interface UpsertOutcome {
  text: string;
  change: "added" | "replaced" | "removed" | "same" | "missing";
}

/** The text of the file with the note in place. White space inside a note becomes single blanks. */
export function upsertMap(content: string, key: MapKey, note: string): UpsertOutcome {
  const head = `${key.level} (${key.x},${key.y})`;
  const clean = note.replace(/\s+/g, " ").trim();
  const entry = `${head} ${clean}`;
  const before = linesOf(content);
  const isEntry = (line: string) => line === head || line.startsWith(`${head} `);
  const first = before.findIndex(isEntry);
  if (clean === "") {
    if (first < 0) return { text: content, change: "missing" };
    return { text: textOf(before.filter((line) => !isEntry(line))), change: "removed" };
  }
  if (first < 0) return { text: textOf([...before, entry]), change: "added" };
  const after = before.filter((line, at) => at === first || !isEntry(line));
  const change = before[first] === entry && after.length === before.length ? "same" : "replaced";
  return { text: textOf(after.map((line) => (isEntry(line) ? entry : line))), change };
}

/** The notes on one level, as they stand in the file. */
export function notesOfLevel(content: string, level: string): string[] {
  return linesOf(content).filter((line) => line.startsWith(`${levelKey(level)} (`));
}

function linesOf(content: string): string[] {
  return content.split("\n").filter((line, at, all) => line !== "" || at < all.length - 1);
}

function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
