/** A difference between a recording and a game as lines for people: what was expected with `-`, what came with `+`. */
import type { GoldenDifference } from "./replay.ts";

const contextLines = 2;
const longestLine = 200;

/** Lines without line ends or colours. Control characters are shown as escapes, so that two texts that look alike do not read alike. */
export function formatDifference(difference: GoldenDifference): string[] {
  const { stepIndex, action, field, expected, actual } = difference;
  const place = stepIndex < 0 ? "reset" : `step ${stepIndex}, action ${JSON.stringify(action)}`;
  const head = `${place}: ${field} differs (- expected, + actual)`;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return [head, ...lineDifference(expected.map(visible), actual.map(visible))];
  }
  if (typeof expected === "string" && typeof actual === "string") {
    return [head, ...lineDifference(splitVisible(expected), splitVisible(actual))];
  }
  return [head, `- ${JSON.stringify(expected)}`, `+ ${JSON.stringify(actual)}`];
}

/** Control characters, trailing spaces and the characters that look like a space are written as escapes. */
export function visible(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text
    .replace(/\\/g, "\\\\")
    .replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u00a0]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    .replace(/ +$/, (spaces) => "\\x20".repeat(spaces.length));
}

function splitVisible(text: string): string[] {
  return text.split("\n").map(visible);
}

/** The changed stretch between the common beginning and the common end, with a little of both around it. */
function lineDifference(expected: readonly string[], actual: readonly string[]): string[] {
  const shorter = Math.min(expected.length, actual.length);
  let before = 0;
  while (before < shorter && expected[before] === actual[before]) before++;
  let after = 0;
  while (after < shorter - before && expected.at(-1 - after) === actual.at(-1 - after)) after++;
  const lines: string[] = [];
  const from = Math.max(0, before - contextLines);
  if (from > 0) lines.push(`  ... ${from} equal lines`);
  for (const line of expected.slice(from, before)) lines.push(`  ${shorten(line)}`);
  const gone = expected.slice(before, expected.length - after);
  const come = actual.slice(before, actual.length - after);
  // Line by line where as many went as came: the eye finds the changed letter.
  if (gone.length === come.length) {
    for (const [index, line] of gone.entries()) {
      if (line === come[index]) lines.push(`  ${shorten(line)}`);
      else lines.push(...pairLines(line, come[index]!));
    }
  } else {
    lines.push(...gone.map((line) => `- ${shorten(line)}`), ...come.map((line) => `+ ${shorten(line)}`));
  }
  const end = expected.slice(expected.length - after);
  for (const line of end.slice(0, contextLines)) lines.push(`  ${shorten(line)}`);
  if (end.length > contextLines) lines.push(`  ... ${end.length - contextLines} equal lines`);
  return lines;
}

/** Both lines from a little before their first different character, with a mark under it. */
function pairLines(expected: string, actual: string): string[] {
  let column = 0;
  while (column < Math.min(expected.length, actual.length) && expected[column] === actual[column]) column++;
  const from = column > longestLine / 2 ? column - 40 : 0;
  const lead = from > 0 ? "..." : "";
  const cut = (line: string) => lead + shorten(line.slice(from));
  return [`- ${cut(expected)}`, `+ ${cut(actual)}`, `  ${" ".repeat(lead.length + column - from)}^`];
}

function shorten(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}... (${line.length} characters)` : line;
}
