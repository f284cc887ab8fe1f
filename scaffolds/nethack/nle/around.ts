/** The eight squares beside the player, in one line. */
import { compass, neighbourOf } from "./directions.ts";
import { indexOf, type Kind, kindAt, type Level } from "./level.ts";

/** What lies in a direction: the name the game gives it, else the kind of square. */
export function besideName(level: Level, direction: string): string {
  const place = neighbourOf(level.hero, direction);
  const kind = kindAt(level, place);
  if (kind === "unseen") return "dark or rock";
  if (kind !== "creature" && kind !== "thing") return kind;
  return level.names.get(indexOf(place)) ?? kind;
}

/** "Beside you: floor north, east; wall south; giant rat west." Squares of the same kind stand together. */
export function aroundText(level: Level): string {
  const byName = new Map<string, string[]>();
  for (const direction of Object.keys(compass)) {
    const name = besideName(level, direction);
    byName.set(name, [...(byName.get(name) ?? []), direction]);
  }
  return `Beside you: ${[...byName].map(([name, where]) => `${name} ${where.join(", ")}`).join("; ")}.`;
}

/** Creatures one step away that are not tame, in order of the compass. Whether one is peaceful is not shown: the game asks before a blow. */
export function foesBeside(level: Level): { direction: string; name: string }[] {
  const foes: { direction: string; name: string }[] = [];
  for (const direction of Object.keys(compass)) {
    const place = neighbourOf(level.hero, direction);
    const name = level.names.get(indexOf(place)) ?? "creature";
    if (kindAt(level, place) === "creature" && !/^tame\b/.test(name)) foes.push({ direction, name });
  }
  return foes;
}

/** Lava straight ahead with nothing solid before it, at most `reach` squares away. */
export function lavaInLine(level: Level, reach: number): { direction: string; steps: number }[] {
  const found: { direction: string; steps: number }[] = [];
  for (const direction of Object.keys(compass)) {
    let place = level.hero;
    for (let steps = 1; steps <= reach; steps += 1) {
      place = neighbourOf(place, direction);
      const kind = kindAt(level, place);
      if (kind === "lava" || kind === "water or lava") found.push({ direction, steps });
      if (solid.includes(kind)) break;
    }
  }
  return found;
}

const solid: readonly Kind[] = ["lava", "water or lava", "unseen", "wall", "bars", "closed door", "boulder"];

/** Doors of the map, nearest to the top left first: "closed door (12,4), open door (20,9)". Empty if there are none. */
export function doorsText(level: Level): string {
  const doors: string[] = [];
  level.kinds.forEach((kind, index) => {
    if (kind === "open door" || kind === "closed door") doors.push(`${kind} (${index % 80},${Math.floor(index / 80)})`);
  });
  return doors.join(", ");
}
