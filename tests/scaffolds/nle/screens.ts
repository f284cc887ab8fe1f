/** Builds observations in the form of the games, for tests. */

export interface Drawn {
  /** Lines of the map from line 1 on; an `@` on one of them is the player. */
  rows: readonly string[];
  message?: string;
  surroundings?: string;
  /** The last line of the terminal. */
  bottom?: string;
  /** Where the cursor is; default: on the player. */
  cursor?: { x: number; y: number };
  pointed?: string;
  short?: string;
}

export const defaultBottom = "Dlvl:1 $:0 HP:16(16) Pw:2(2) AC:7 Xp:1/0 T:1";

/** The observation with these lines; the map is filled up to 21 lines, and the title and status lines follow. */
export function draw(drawn: Drawn): { long: string; short: string } {
  const map = Array.from({ length: 21 }, (_, at) => (drawn.rows[at] ?? "").padEnd(80));
  const y = map.findIndex((row) => row.includes("@")) + 1;
  const hero = { x: y === 0 ? 0 : map[y - 1]!.indexOf("@"), y };
  const cursor = drawn.cursor ?? hero;
  const isHero = y > 0 && cursor.x === hero.x && cursor.y === hero.y;
  const rows = [
    ...map,
    "Agent the Plunderess           St:18 Dx:16 Co:16 In:7 Wi:8 Ch:6 Neutral S:0".padEnd(80),
    (drawn.bottom ?? defaultBottom).padEnd(80),
  ];
  const parts = [
    ["message", drawn.message ?? ""],
    ["language observation", drawn.surroundings ?? ""],
    ["cursor", `${drawn.pointed ?? (isHero ? "Yourself a barbarian" : "")}\n(x=${cursor.x}, y=${cursor.y})`],
    ["map", rows.map((row) => `${row}\n`).join("")],
  ];
  return {
    long: parts.map(([title, body]) => `${title}:\n${body}\n`).join("\n"),
    short: drawn.short ?? "inventory:\na: a +0 two-handed sword (weapon in hands)\n",
  };
}
