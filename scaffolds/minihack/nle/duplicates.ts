/** Lines that a file holds already. */

/** The lines of `added` if the file has every one of them; else none. Blank lines count for nothing. */
export function knownLines(content: string, added: string): string[] {
  const known = new Set(content.split("\n").map(plain));
  const lines = added.split("\n").filter((line) => plain(line) !== "");
  return lines.every((line) => known.has(plain(line))) ? lines : [];
}

function plain(line: string): string {
  return line.trim().replace(/\s+/g, " ").toLowerCase();
}
