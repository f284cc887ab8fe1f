/** What an observation shows, in the form in which two are compared. */
import type { Shown } from "./history.ts";
import { type Item, itemText } from "./inventory.ts";
import type { Level } from "./level.ts";
import type { Question } from "./question.ts";
import type { Screen } from "./screen.ts";
import type { StatusLine } from "./status-line.ts";

export interface Seen {
  screen: Screen;
  status: StatusLine | null;
  items: Item[];
  question: Question | null;
  level: Level | undefined;
  levelName: string;
}

/** What is not shown now stands as it was: a menu over the map changes nothing. */
export function shownNow(old: Shown | null, now: Seen): Shown {
  const { status, level } = now;
  return {
    level: now.levelName,
    place: level?.hero ?? old?.place ?? null,
    seen: level?.seen ?? old?.seen ?? 0,
    inventory: now.items.map(itemText).join("\n"),
    message: now.screen.message,
    hp: status?.hp ?? old?.hp ?? null,
    status: status === null ? (old?.status ?? "") : statusText(status),
    features: level === undefined ? (old?.features ?? "") : featuresOf(level),
    asked: now.question !== null,
  };
}

function statusText({ hunger, burden, conditions, gold, experiencePoints, experienceLevel }: StatusLine): string {
  return [hunger, burden, ...conditions, gold, experiencePoints, experienceLevel].join(" ");
}

/** What actions change, each by a letter. */
const features: ReadonlyMap<string, string> = new Map([
  ["boulder", "b"],
  ["open door", "o"],
  ["closed door", "c"],
  ["lava", "w"],
  ["water", "w"],
  ["water or lava", "w"],
]);

function featuresOf(level: Level): string {
  let text = "";
  level.kinds.forEach((kind, index) => {
    if (kind === "unseen" || kind === "floor") return;
    const letter = features.get(kind);
    if (letter !== undefined) text += `${index}${letter}`;
  });
  return text;
}
