/**
 * What a model or a program answers, held against the batch it was shown. It names turns by handles (`t1`, `t2`, ...), which mean nothing outside
 * of their batch; what is wrong is said exactly, so that it can be mended. Pure.
 */
import * as v from "valibot";
import { TrainerError } from "../../core/errors.ts";
import type { TurnSummary } from "../candidates/turn.ts";
import type { TurnChoice } from "./selector.ts";

/** Characters of the criteria. */
export const criteriaCharacters = { least: 20, most: 8_000 } as const;

const { least, most } = criteriaCharacters;
/** Schemas of answers stand in tools as well, so they hold only what JSON schema can say; the rest is looked at below. */
export const CriteriaText = v.pipe(v.string(), v.minLength(least), v.maxLength(most));

const Words = (characters: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(characters));

/** A chosen turn as it is written: nothing in it becomes data but the turn that it names. */
export const WrittenChoice = v.strictObject({
  turn: v.pipe(Words(20), v.description('The handle of the turn, as in the list: "t3".')),
  criterion: v.pipe(Words(80), v.description("The criterion it fits, in a word or two.")),
  reason: v.pipe(Words(2_000), v.description("Why, in a sentence or two.")),
});
export type WrittenChoice = v.InferOutput<typeof WrittenChoice>;

export type Problem = { kind: "problem"; text: string };
export type ReadAnswer = { kind: "choices"; choices: TurnChoice[] } | Problem;

const problemsShown = 10;

/** From 1, in the order of the batch. */
export function handleOf(index: number): string {
  return `t${index + 1}`;
}

export function readChoices(written: readonly WrittenChoice[], turns: readonly TurnSummary[]): ReadAnswer {
  const ids = new Map(turns.map(({ id }, index) => [handleOf(index), id]));
  const choices: TurnChoice[] = [];
  const named = new Set<string>();
  const problems: string[] = [];
  for (const { turn, criterion, reason } of written) {
    const id = ids.get(turn);
    if (id === undefined) problems.push(`${JSON.stringify(turn)} is no turn of this batch`);
    else if (named.has(turn)) problems.push(`${turn} stands twice`);
    else if (criterion.trim() === "") problems.push(`the criterion of ${turn} is blank`);
    else if (reason.trim() === "") problems.push(`the reason of ${turn} is blank`);
    else choices.push({ turn: id, rule: criterion.trim(), reason: reason.trim() });
    named.add(turn);
  }
  if (problems.length === 0) return { kind: "choices", choices };
  const shown = problems.slice(0, problemsShown).join("; ");
  const more = problems.length > problemsShown ? `; and ${problems.length - problemsShown} more` : "";
  return { kind: "problem", text: `${shown}${more}. The turns of this batch are t1 to t${turns.length}.` };
}

/** Without blanks around them, and with a line end. */
export function readCriteria(text: string): { kind: "criteria"; text: string } | Problem {
  const trimmed = text.trim();
  if (trimmed.length >= least && trimmed.length <= most) return { kind: "criteria", text: `${trimmed}\n` };
  return { kind: "problem", text: `The criteria have ${trimmed.length} characters; ${least} to ${most} are wanted.` };
}

/** The choices as JSON lines. Blank lines are none. */
export function readChoiceLines(text: string, turns: readonly TurnSummary[]): ReadAnswer {
  const written: WrittenChoice[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = readLine(line);
    if (typeof parsed === "string") problems.push(`line ${index + 1}: ${parsed}`);
    else written.push(parsed);
    if (problems.length >= problemsShown) break;
  }
  if (problems.length > 0) return { kind: "problem", text: `${problems.join("; ")}.` };
  return readChoices(written, turns);
}

/** After the last mend. */
export function badSelection(name: string, problem: string, mends: number): TrainerError {
  const after = mends === 0 ? "" : ` after it was sent back ${mends === 1 ? "once" : `${mends} times`}`;
  return new TrainerError(`The answer of selector ${name} cannot be used${after}: ${problem}`, {
    code: "bad-selection",
  });
}

function readLine(line: string): WrittenChoice | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    return `no JSON (${(cause as Error).message})`;
  }
  const parsed = v.safeParse(WrittenChoice, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return `${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`;
}
