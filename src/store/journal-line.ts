/**
 * The lines of a journal on disk: `CCCCCCCCMjson\n`.
 *
 *   C  CRC-32 in hex of "Mjson" (UTF-8), seeded with the checksum of the line before (0 at the start of a file): a lost, added or moved line shows
 *   M  ":" on the first line of a write, "." on the others of the same write
 *
 * A write is synced before the next one starts. So damage with no later write behind it is a torn tail: its call or action was never
 * committed, and is cut off. Damage with a later write behind it is damage to what was committed, and an error.
 */

export interface ParsedLines {
  /** JSON texts of the sound lines, in order. */
  texts: string[];
  /** Bytes up to the end of the last sound line. */
  soundBytes: number;
  /** Checksum of the last sound line; seeds the next one. */
  checksum: number;
  /** What follows the sound lines, if anything does. `line` counts from 1. */
  damage?: { kind: "torn-tail" | "damaged-middle"; line: number };
}

export interface FormattedLines {
  text: string;
  checksum: number;
}

/** One write: `texts` as lines. `checksum` is that of the line before. */
export function formatLines(texts: readonly string[], checksum: number): FormattedLines {
  let lines = "";
  let last = checksum;
  texts.forEach((text, index) => {
    const body = `${index === 0 ? ":" : "."}${text}`;
    last = Bun.hash.crc32(body, last);
    lines += `${hex(last)}${body}\n`;
  });
  return { text: lines, checksum: last };
}

/** Reads a journal file, or the rest of one behind a line whose checksum is `before`. Never throws: what cannot be trusted is reported as `damage`. */
export function parseLines(bytes: Uint8Array, before = 0): ParsedLines {
  const texts: string[] = [];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let start = 0;
  let checksum = before;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const line = newline < 0 ? undefined : bytes.subarray(start, newline);
    const next = line === undefined ? undefined : checkedSum(line, checksum);
    if (line === undefined || next === undefined) {
      const kind = hasLaterWrite(decoder.decode(bytes.subarray(start))) ? "damaged-middle" : "torn-tail";
      return { texts, soundBytes: start, checksum, damage: { kind, line: texts.length + 1 } };
    }
    texts.push(decoder.decode(line.subarray(9)));
    checksum = next;
    start = newline + 1;
  }
  return { texts, soundBytes: start, checksum };
}

function checkedSum(line: Uint8Array, seed: number): number | undefined {
  const mark = line[8];
  if (line.length < 10 || (mark !== 58 && mark !== 46)) return undefined;
  const sum = Bun.hash.crc32(line.subarray(8), seed);
  return hex(sum) === String.fromCharCode(...line.subarray(0, 8)) ? sum : undefined;
}

/**
 * True if a write starts somewhere behind the first, damaged line of `tail`. JSON texts hold no raw line break, so a line start is one.
 * Where a line break itself was damaged, the next write is found inside the line by its checksum.
 */
function hasLaterWrite(tail: string): boolean {
  const [first = "", ...others] = tail.split("\n");
  if (others.some((line) => /^[0-9a-f]{8}:\{/.test(line))) return true;
  const seed = Number.parseInt(first.slice(0, 8), 16);
  for (const { index } of first.matchAll(/(?=[0-9a-f]{8}:\{)/g)) {
    if (index === 0) continue;
    if (hex(Bun.hash.crc32(first.slice(index + 8), seed)) === first.slice(index, index + 8)) return true;
  }
  return false;
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}
