/** The line written into log.txt for a step of which the model noted nothing. */
import { placeText } from "./nle/directions.ts";
import type { Facts } from "./nle/track.ts";

/** Characters of the game's message that the line keeps. */
const messageCharacters = 100;

/** "step 12: north; (42,9) to (42,8); HP -3; You hit the jackal." `stepIndex` is the step whose observation shows the outcome. */
export function logLine(stepIndex: number, executed: string, facts: Facts | undefined): string {
  const parts = [`step ${stepIndex}: ${executed}`];
  if (facts === undefined) return parts.join("");
  const { place, movedFrom } = facts;
  if (place !== null && movedFrom !== null && (place.x !== movedFrom.x || place.y !== movedFrom.y)) {
    parts.push(`${placeText(movedFrom)} to ${placeText(place)}`);
  } else if (facts.effect === "nothing") parts.push("no effect");
  if (facts.hpChange !== 0) parts.push(`HP ${facts.hpChange > 0 ? "+" : ""}${facts.hpChange}`);
  if (facts.gained.length > 0) parts.push(`got ${facts.gained.join(", ")}`);
  const message = facts.message.replace(/\s+/g, " ");
  if (message !== "")
    parts.push(message.length > messageCharacters ? `${message.slice(0, messageCharacters)}...` : message);
  return parts.join("; ");
}

/** What tells whether any file was written between two moments. */
export function filesMark(files: readonly { name: string; characters: number; lines: number }[]): string {
  return files.map(({ name, characters, lines }) => `${name}:${characters}:${lines}`).join("|");
}
