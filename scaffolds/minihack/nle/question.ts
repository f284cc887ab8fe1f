/**
 * What the game waits for, if not for a command. While it asks on its first line, the cursor is on line 0; in a menu it stands behind
 * "(end)" or "(1 of 2)"; a place is asked for with the cursor on the map and a message that says so.
 */
import { heroPlace, type Screen } from "./screen.ts";

export type QuestionKind = "direction" | "item" | "choice" | "menu" | "place" | "more" | "count" | "text";

export interface Question {
  kind: QuestionKind;
  /** The line that asks. */
  text: string;
  /** Keys that answer: letters of items, or the letters in brackets. Empty where other keys answer. */
  keys: string[];
  /** The key taken if the question is left. */
  default?: string;
}

export function readQuestion(screen: Screen): Question | undefined {
  const said = screen.message.split("\n").filter((line) => line.trim() !== "");
  const text = said[said.length - 1]?.trim() ?? "";
  // The lines have no break between them: "--More--" may begin on one and end on the next.
  if ((screen.message.trimEnd() + screen.rows.slice(0, 21).join("")).includes("--More--")) {
    return { kind: "more", text, keys: [] };
  }
  if (screen.cursor.y === 0) return asked(said, text);
  const hero = heroPlace(screen);
  if (hero === undefined && screen.rows.some((row) => /\((?:end|\d+ of \d+)\)/.test(row))) {
    return { kind: "menu", text: said[0]?.trim() ?? "", keys: menuKeys(screen.rows) };
  }
  // Choosing a square: the cursor is led about the map, and the game says what lies under it.
  const choosing = /\(For instructions type a '?\?'?\)|^Unknown direction: .*\(use '/.test(text);
  return choosing || hero === undefined ? { kind: "place", text, keys: [] } : undefined;
}

/** Each letter of "a-cf": a, b, c, f. A bar at the beginning stands for bare hands, or for nothing. */
export function expandLetters(letters: string): string[] {
  const keys: string[] = [];
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at]!;
    const last = letters[at + 2];
    if (letters[at + 1] === "-" && last !== undefined && isRange(letter, last)) {
      for (let code = letter.charCodeAt(0); code <= last.charCodeAt(0); code += 1) keys.push(String.fromCharCode(code));
      at += 2;
    } else if (letter !== " ") keys.push(letter);
  }
  return [...new Set(keys)];
}

function asked(said: readonly string[], text: string): Question {
  if (said.some((line) => /^Search for:/.test(line))) return { kind: "text", text: said[0]!.trim(), keys: [] };
  const bracket = /\? \[([^\]]*)\](?: \((.)\))?$/.exec(text);
  if (/\bin what direction\b.*\?(?: \[[^\]]*\])?(?: \(.\))?$/i.test(text)) return { kind: "direction", text, keys: [] };
  if (bracket === null) return { kind: /^Count: \d*$/.test(text) ? "count" : "text", text, keys: [] };
  const [, inside = "", otherwise] = bracket;
  const items = /^(.*?)(?: or )?\??\*$/.exec(inside);
  const fallback = otherwise === undefined ? {} : { default: otherwise };
  if (items !== null) return { kind: "item", text, keys: expandLetters(items[1] ?? ""), ...fallback };
  return { kind: "choice", text, keys: expandLetters(inside), ...fallback };
}

/** The letters in front of a menu's entries, "a - a long sword" or, once chosen, "a + a long sword". */
function menuKeys(rows: readonly string[]): string[] {
  const keys: string[] = [];
  for (const row of rows) {
    const entry = /(?:^|\s)([A-Za-z$]) [-+#] \S/.exec(row);
    if (entry !== null) keys.push(entry[1]!);
  }
  return [...new Set(keys)];
}

function isRange(first: string, last: string): boolean {
  return /[a-z]/.test(first) && /[a-z]/.test(last)
    ? first < last
    : /[A-Z]/.test(first) && /[A-Z]/.test(last) && first < last;
}
