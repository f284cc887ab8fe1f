/**
 * The bottom line of NetHack: "Dlvl:4 $:13 HP:10(16) Pw:2(2) AC:7 Xp:1/10 T:187 Hungry Burdened Conf".
 * Words are matched whole and on this line only: the line above has the character's title, such as "Illusionist".
 * Words and abbreviations (used when the line is long): NetHack 3.6.6, src/botl.c and src/eat.c.
 */

export interface StatusLine {
  /** How the game names the level: "Dlvl:4", "Home 2", "Fort Ludios", "Astral Plane". */
  level: string;
  /** The number after `Dlvl:`; `undefined` where there is none. */
  depth?: number;
  gold?: number;
  hp: number;
  hpMax: number;
  power: number;
  powerMax: number;
  /** Lower is better. */
  armourClass: number;
  /** Absent while the player has the form of a monster. */
  experienceLevel?: number;
  experiencePoints?: number;
  /** Game time; MiniHack does not show it. */
  turn?: number;
  hunger: "Satiated" | "not hungry" | "Hungry" | "Weak" | "Fainting" | "Fainted" | "Starved";
  /** "Burdened" and worse; `undefined` if the load is light. */
  burden?: string;
  /** In words: "blind", "confused", "terminally ill" and so on. */
  conditions: string[];
}

const bottomLine =
  /^(Dlvl:(-?\d+)|[A-Z][A-Za-z]*(?: [A-Z0-9][A-Za-z0-9]*){0,2}) +(?:\S{1,12}:(\d+) +)?HP:(-?\d+)\((-?\d+)\) +Pw:(-?\d+)\((-?\d+)\) +AC:(-?\d+)( .*)?$/;

const hungers = ["Satiated", "Hungry", "Weak", "Fainting", "Fainted", "Starved"] as const;
const burdens = ["Burdened", "Stressed", "Strained", "Overtaxed", "Overloaded"];

const conditionWords: Readonly<Record<string, readonly string[]>> = {
  "turning to stone": ["Stone", "Ston", "Sto"],
  "turning to slime": ["Slime", "Slim", "Slm"],
  strangled: ["Strngl", "Stngl", "Str"],
  "food poisoned": ["FoodPois", "Fpois", "Poi"],
  "terminally ill": ["TermIll", "Ill"],
  blind: ["Blind", "Blnd", "Bl"],
  deaf: ["Deaf", "Def", "Df"],
  stunned: ["Stun", "St"],
  confused: ["Conf", "Cnf", "Cf"],
  hallucinating: ["Hallu", "Hal", "Hl"],
  levitating: ["Lev", "Lv"],
  flying: ["Fly", "Fl"],
  riding: ["Ride", "Rid", "Rd"],
};

/** The status of the player, from the lines of the terminal; `undefined` where it is not shown, as under a menu or at the end. */
export function readStatusLine(rows: readonly string[]): StatusLine | undefined {
  for (const row of rows.slice(-2).reverse()) {
    const found = bottomLine.exec(row.trim());
    if (found !== null) return statusOf(found);
  }
  return undefined;
}

/** At most a third of the points is low; the gods call it trouble at 5 or fewer, or at most a seventh (NetHack 3.6.6, src/pray.c). */
export function hpAlarm(status: Pick<StatusLine, "hp" | "hpMax">): "critical" | "low" | undefined {
  if (status.hp <= 5 || status.hp * 7 <= status.hpMax) return "critical";
  return status.hp * 3 <= status.hpMax ? "low" : undefined;
}

function statusOf(found: RegExpExecArray): StatusLine {
  const [, level = "", depth, gold, hp, hpMax, power, powerMax, armourClass, rest = ""] = found;
  const words = rest.split(" ").filter((word) => word !== "");
  const experience = match(words, /^(?:Xp|Exp):(\d+)(?:\/(\d+))?$/);
  const turn = match(words, /^T:(\d+)$/)?.[1];
  const burden = words.find((word) => burdens.includes(word));
  return {
    level,
    ...number("depth", depth),
    ...number("gold", gold),
    hp: Number(hp),
    hpMax: Number(hpMax),
    power: Number(power),
    powerMax: Number(powerMax),
    armourClass: Number(armourClass),
    ...number("experienceLevel", experience?.[1]),
    ...number("experiencePoints", experience?.[2]),
    ...number("turn", turn),
    hunger: hungers.find((word) => words.includes(word)) ?? "not hungry",
    ...(burden === undefined ? {} : { burden }),
    conditions: Object.keys(conditionWords).filter((name) =>
      conditionWords[name]?.some((word) => words.includes(word)),
    ),
  };
}

function match(words: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const word of words) {
    const found = pattern.exec(word);
    if (found !== null) return found;
  }
  return undefined;
}

function number<Name extends string>(name: Name, digits: string | undefined): { [key in Name]?: number } {
  return (digits === undefined ? {} : { [name]: Number(digits) }) as { [key in Name]?: number };
}
