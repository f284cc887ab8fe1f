/** Text from games and models as lines of a screen. */
import { printable } from "../terminal.ts";

/** Two spaces before each line; control characters made visible. */
export function indent(text: string): string {
  return printable(text).replace(/^/gm, "  ");
}

/** Line ends as signs, and at most so many characters. */
export function oneLine(text: string, most: number): string {
  const line = text.replaceAll("\n", "⏎");
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
