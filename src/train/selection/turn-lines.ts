/**
 * Turns as text for who selects: a few lines each for the list of a batch, and one whole, its conversation quoted line by line so that nothing in
 * it can look like a line of ours. Pure.
 */
import type { Gain, TurnSummary, TurnTexts } from "../candidates/turn.ts";
import { handleOf } from "./answer.ts";

/** Characters of each text in a list. */
const shownInList = { sees: 240, said: 160, argument: 80, result: 120, line: 80 } as const;
/** Operations and written lines of a turn in a list. */
const mostInList = 8;

/** The list of a batch: turns by handle, in the order played. */
export function batchLines(turns: readonly TurnSummary[]): string {
  const [first] = turns;
  if (first === undefined) return "";
  const { task, seed, consequences } = first;
  const head = `Turns of one play of ${task}; progress at its end ${share(consequences.progressAtEnd)}; seed ${seed}.`;
  return [head, ...turns.map((turn, index) => turnLines(turn, turns[index - 1], handleOf(index)))].join("\n\n");
}

function turnLines(turn: TurnSummary, before: TurnSummary | undefined, handle: string): string {
  const { sees, reply, operations, cut } = turn;
  const operationLines = operations.slice(0, mostInList).map((operation) => `  op    ${operationLine(operation)}`);
  return [
    headLine(turn, handle),
    `  sees  ${before?.stepIndex === turn.stepIndex ? "the same" : seenText(sees)}`,
    ...(operations.length === 0 || cut
      ? [`  said  ${short(reply, shownInList.said)}${cut ? ", cut by the token limit" : ""}`]
      : []),
    ...operationLines,
    ...leftOut(operations.length, "operations"),
    ...consequenceLines(turn).map((line) => `  then  ${line}`),
  ].join("\n");
}

function seenText(sees: TurnSummary["sees"]): string {
  return short([sees.short, sees.long].filter((text) => text.trim() !== "").join("\n"), shownInList.sees);
}

/** `t1  step 3, LOG, call 1  write  value 0.81`. */
function headLine({ stepIndex, phase, callIndex, kind, value, speaker }: TurnSummary, handle: string): string {
  const who = speaker === "specialist" ? "  by the specialist" : "";
  return `${handle}  step ${stepIndex}, ${phase.toUpperCase()}, call ${callIndex + 1}  ${kind}  value ${value.toFixed(2)}${who}`;
}

function operationLine({
  name,
  arguments: given,
  status,
  failure,
  result,
  rewrittenFrom,
}: TurnSummary["operations"][number]): string {
  const written = rewrittenFrom ?? { name, arguments: given };
  const call = (one: { name: string; arguments: string[] }) =>
    [nameText(one.name), ...one.arguments.map((argument) => short(argument, shownInList.argument))].join(" ");
  const ran = rewrittenFrom === undefined ? "" : ` (the scaffold ran ${call({ name, arguments: given })})`;
  const came = failure === undefined ? short(result, shownInList.result) : short(failure, shownInList.result);
  return `${call(written)}${ran} -> ${status}${came === '""' ? "" : `: ${came}`}`;
}

/** What came of a turn, later in the play. */
export function consequenceLines({ consequences, action, kind }: TurnSummary): string[] {
  const { lines, lookup, neededAt, recalls, nextGain, consulted } = consequences;
  const { progressBefore, progressAfter, stepsLeft } = consequences;
  const acted =
    action === undefined
      ? "no action"
      : `action ${short(action.name, 40)}${action.valid ? "" : ", unknown to the game"}${action.fallback ? ", in place of none" : ""}`;
  const gain = nextGain === undefined ? "no gain until the end" : `next gain ${gainText(nextGain)}`;
  return [
    `${acted}; progress ${share(progressBefore)} to ${share(progressAfter)}; ${gain}; ${counted(stepsLeft, "step")} left`,
    ...lines.slice(0, mostInList).map(({ file, line, redundant, finds, credit }) => {
      const led = credit === undefined ? "" : `, led to a gain ${gainText(credit.gain)} (${credit.fit})`;
      const known = redundant ? ", stood there already" : "";
      return `wrote ${short(line, shownInList.line)} into ${short(file, 60)}${known}: found ${counted(finds, "time")}${led}`;
    }),
    ...leftOut(lines.length, "lines written").map((line) => line.trim()),
    ...(lookup === undefined
      ? []
      : [
          `looked up: ${lookup.found} found something, ${lookup.empty} nothing; fit ${lookup.fit}${lookup.gain === undefined ? ", no gain after it" : `, a gain ${gainText(lookup.gain)}`}`,
        ]),
    ...(consulted.length > 0 ? [`${counted(consulted.length, "look-up")} before it in this step`] : []),
    ...(neededAt === undefined ? [] : [`what this step told was needed in step ${neededAt}`]),
    ...(recalls && kind !== "lookup" ? ["this step asks for something seen before"] : []),
  ];
}

/** A whole turn: what came of it, the conversation as it was sent, and the reply. Every line of theirs begins with `> `. */
export function wholeTurn(turn: TurnSummary, texts: TurnTexts, handle: string): string {
  const { operations } = turn;
  return [
    headLine(turn, handle),
    "",
    "What came of it:",
    ...consequenceLines(turn).map((line) => `- ${line}`),
    ...texts.messages.flatMap(({ role, content }, index) => ["", `Message ${index + 1}, ${role}:`, ...quoted(content)]),
    "",
    `The reply${texts.cut ? ", cut by the token limit" : ""}:`,
    ...quoted(texts.reply),
    ...operations.flatMap(({ name, status, failure, result }, index) => [
      "",
      `Operation ${index + 1}, ${nameText(name)}: ${status}${failure === undefined ? "" : ` (${short(failure, shownInList.result)})`}`,
      ...quoted(result),
    ]),
  ].join("\n");
}

/** A window of a long text, with marks that say what is left out. `from` counts characters from 0. */
export function windowOf(text: string, from: number, most: number): string {
  const end = Math.min(text.length, from + most);
  const before = from > 0 ? `[${Math.min(from, text.length)} characters before this]\n` : "";
  const after = end < text.length ? `\n[${text.length - end} more characters; go on from ${end}]` : "";
  return `${before}${text.slice(from, end).toWellFormed()}${after}`;
}

function quoted(text: string): string[] {
  return text === "" ? [] : text.split(/\r\n|[\n\r\u2028\u2029\u0085]/).map((line) => `> ${line}`.trimEnd());
}

/** As a JSON string on one line, cut with a mark that says how long it was. */
function short(text: string, most: number): string {
  if (text.length <= most) return oneLine(JSON.stringify(text));
  return `${oneLine(JSON.stringify(text.slice(0, most).toWellFormed()))} (cut, ${text.length} characters)`;
}

function oneLine(json: string): string {
  return json.replace(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Of an operation; what a model made up may be anything. */
function nameText(name: string): string {
  return /^[A-Za-z_]{1,40}$/.test(name) ? name : short(name, 40);
}

function gainText({ afterSteps, reward, progress }: Gain): string {
  const when = afterSteps === 0 ? "in this step" : `${counted(afterSteps, "step")} later`;
  return `${when} (reward ${number(reward)}, progress +${share(progress)})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function leftOut(count: number, what: string): string[] {
  return count > mostInList ? [`  (${count - mostInList} more ${what}: read the turn)`] : [];
}

function share(value: number): string {
  return value.toFixed(2);
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
