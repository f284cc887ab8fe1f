/** Whether a text holds a fact: a line with one of its cues, and its details in that line, or, below a bare heading, in the two after it. */
import type { Fact } from "./seen-facts.ts";
import { tokensOf } from "./words.ts";

const linesBelowHeading = 2;

/** Lines of `except` (without outer space) do not count as lines with a cue. */
export function holdsFact(text: string, fact: Fact, except: ReadonlySet<string> = new Set()): boolean {
  const lower = text.toLowerCase();
  // Most texts do not have it at all; only then are lines looked at.
  if (!fact.cues.some((cue) => lower.includes(cue))) return false;
  const lines = lower.split("\n");
  return lines.some((line, index) => {
    if (except.has(line.trim()) || !fact.cues.some((cue) => line.includes(cue))) return false;
    const tokens = new Set(tokensOf(line));
    if (!fact.cues.some((cue) => tokens.has(cue))) return false;
    const found = countDetails(fact, tokens);
    if (found > 0) return found >= fact.needed;
    const below = lines.slice(index + 1, index + 1 + linesBelowHeading).filter((other) => !except.has(other.trim()));
    return countDetails(fact, new Set(tokensOf(below.join("\n")))) >= fact.needed;
  });
}

function countDetails({ details }: Fact, tokens: ReadonlySet<string>): number {
  return details.filter((word) => tokens.has(word)).length;
}
