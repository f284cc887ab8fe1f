/**
 * The long text of an observation of NetHack or MiniHack, taken apart:
 * "message:", "language observation:", "cursor:" and "map:", each with its text, a blank line between.
 */
import type { Place } from "./directions.ts";

export interface Screen {
  /** What the game says; may be empty, and may have several lines. */
  message: string;
  /** What is around in words, a kind of thing a line. */
  surroundings: string;
  /** What is under the cursor in words; empty outside the map. */
  pointed: string;
  cursor: Place;
  /** Lines 1 to 23 of the terminal as they are, blank ones too: `rows[y - 1]` is line y. The last two are the status lines. */
  rows: readonly string[];
}

const messageTitle = "message:\n";
const languageTitle = "\n\nlanguage observation:\n";
const cursorTitle = "\n\ncursor:\n";
const mapTitle = "\n\nmap:\n";

/** `undefined` for a text of another form. */
export function readScreen(long: string): Screen | undefined {
  const mapAt = long.lastIndexOf(mapTitle);
  const cursorAt = mapAt < 0 ? -1 : long.lastIndexOf(cursorTitle, mapAt);
  const languageAt = long.indexOf(languageTitle);
  if (!long.startsWith(messageTitle) || languageAt < messageTitle.length || cursorAt < languageAt) return undefined;
  const place = /^([^\n]*)\n\(x=(\d{1,3}), y=(\d{1,3})\)$/.exec(long.slice(cursorAt + cursorTitle.length, mapAt));
  if (place === null) return undefined;
  return {
    message: long.slice(messageTitle.length, languageAt),
    // Nothing around: the blank line of the one title is that of the next.
    surroundings: long.slice(Math.min(languageAt + languageTitle.length, cursorAt), cursorAt),
    pointed: place[1] ?? "",
    cursor: { x: Number(place[2]), y: Number(place[3]) },
    rows: rowsOf(long.slice(mapAt + mapTitle.length)),
  };
}

/** Where the player is; `undefined` while the cursor is elsewhere: in a question, a menu, a text. */
export function heroPlace(screen: Screen): Place | undefined {
  return /^Yourself\b/.test(screen.pointed) ? screen.cursor : undefined;
}

/** The sign on a square of the map; a blank outside it. */
export function symbolAt(screen: Pick<Screen, "rows">, { x, y }: Place): string {
  if (y < 1 || y > 21) return " ";
  return screen.rows[y - 1]?.[x] ?? " ";
}

/** Only the line ends that close the last line are left out. */
function rowsOf(map: string): string[] {
  return map.replace(/\n{1,2}$/, "").split("\n");
}
