/** Takes one reply of the model apart and runs what it holds, in the order written. Every attempt leaves an entry in the journal. */
import type { ChatReply } from "../core/chat-model.ts";
import type { OperationEntry } from "../core/journal.ts";
import type { MemoryOperation, Phase } from "../core/memory-op.ts";
import type { TurnResult } from "../core/scaffold.ts";
import {
  answerFailure,
  answerNoOperation,
  checkOperation,
  type OperationOutcome,
  unclosedNote,
} from "../memory/answers.ts";
import { showBeginning } from "../memory/display.ts";
import { type ParsedItem, type ParsedOperation, parseTurn } from "../memory/grammar.ts";
import { shortLine } from "../memory/stored-text.ts";
import type { EpisodeRun, Present } from "./episode-run.ts";
import { runOperation } from "./operation.ts";
import { isActionAttempt } from "./strip-actions.ts";

/** Where a turn stands. */
export interface TurnPlace {
  present: Present;
  phase: Phase;
  callIndex: number;
  /** PLAN: a specialist speaks, whose ACTION is never played. */
  consulting?: boolean;
}

export interface Turn {
  /** What the model is to be told. */
  results: TurnResult[];
  /** Operations and failures in the reply. */
  attempts: number;
  /** LOG: DONE was there. */
  done: boolean;
  /** Consulting: an ACTION was there in any form, or no operation at all. */
  endsConsulting: boolean;
  /** PLAN: the last ACTION; it is not in the journal yet. */
  action: ParsedOperation | undefined;
}

type Answer = OperationOutcome & { operation?: MemoryOperation };

const afterDoneText = "Not run: DONE had ended LOG.";

/** Characters of an operation shown beside its result. */
const labelCharacters = 80;

export function runTurn(run: EpisodeRun, place: TurnPlace, reply: ChatReply): Turn {
  const items = parseTurn(reply.text, run.table, reply.finishReason === "length");
  const consulting = place.consulting === true;
  const winner = place.phase === "plan" && !consulting ? items.findLastIndex((item) => isAction(run, item)) : -1;
  const turn: Turn = { results: [], attempts: items.length, done: false, endsConsulting: false, action: undefined };
  let answered = 0;
  let notRun = 0;
  for (const [index, item] of items.entries()) {
    if (index === winner) {
      turn.action = item as ParsedOperation;
      continue;
    }
    if (consulting && isActionAttempt(item)) {
      turn.endsConsulting = true;
      record(run, place, item, notPlayed(run, item));
      continue;
    }
    const ends =
      item.kind === "operation" && (place.phase === "plan" ? isAction(run, item) : item.operation.name === "DONE");
    const room = ends || answered < run.limits.operationsPerTurn;
    const answer = turn.done
      ? notRunAs(item, afterDoneText)
      : room
        ? answerItem(run, place, item, ends)
        : notRunAs(item, tooManyText(run));
    record(run, place, item, answer);
    if (turn.done) continue;
    if (ends && place.phase === "log") turn.done = true;
    else if (room)
      turn.results.push({
        operation: shortLine(item.raw, labelCharacters),
        text: answer.text,
        failed: isFailed(answer),
      });
    else notRun += 1;
    answered += ends ? 0 : 1;
  }
  if (notRun > 0) turn.results.push({ operation: `${notRun} more`, text: tooManyText(run), failed: true });
  if (consulting && items.length === 0) turn.endsConsulting = true;
  else if (place.phase === "plan" && items.length === 0) turn.results.push(noOperation(run, place, reply));
  return turn;
}

/** Puts the turn's ACTION in the journal once it is known what came of it. */
export function recordAction(
  run: EpisodeRun,
  place: TurnPlace,
  action: ParsedOperation,
  rejection: string | undefined,
): void {
  const status = rejection === undefined ? "ok" : "refused";
  record(run, place, action, { status, text: rejection ?? "", failure: action.unclosed ? "unclosed" : undefined });
}

function answerItem(run: EpisodeRun, place: TurnPlace, item: ParsedItem, ends: boolean): Answer {
  const { phase, present } = place;
  const limit = run.folder.limits.resultCharacters;
  if (item.kind === "failure") {
    const answer = answerFailure(item, run.table, phase);
    return { ...answer, text: showBeginning(answer.text, limit) };
  }
  const definition = run.table.get(item.operation.name)!;
  const unclosed = item.unclosed ? { failure: "unclosed" as const } : {};
  if (ends && phase === "plan")
    return { status: "refused", text: "Not played: a later ACTION took its place.", ...unclosed };
  if (ends) return { status: "ok", text: "" };
  const answer = runOperation(run, present, phase, definition, item.operation);
  if (!item.unclosed) return { ...answer, text: showBeginning(answer.text, limit) };
  return { ...unclosed, ...answer, text: showBeginning(`${answer.text}\n${unclosedNote(definition)}`, limit) };
}

/** A specialist's ACTION, which is told to nobody; its form is counted all the same. */
function notPlayed(run: EpisodeRun, item: ParsedItem): Answer {
  if (item.kind === "failure") return { status: "malformed", failure: item.failure, text: "" };
  const refused = checkOperation(item.operation, run.table.get("ACTION")!, "plan", run.folder.limits);
  const failure = refused?.failure ?? (item.unclosed ? ("unclosed" as const) : undefined);
  return { status: refused?.status ?? "ok", failure, text: "" };
}

/** The answer to what was written and not run; its form is counted all the same. */
function notRunAs(item: ParsedItem, text: string): Answer {
  if (item.kind === "failure") return { status: "malformed", failure: item.failure, text };
  return { status: "refused", text, failure: item.unclosed ? "unclosed" : undefined };
}

function tooManyText(run: EpisodeRun): string {
  return `Not run: at most ${run.limits.operationsPerTurn} operations are run from one reply.`;
}

function noOperation(run: EpisodeRun, place: TurnPlace, reply: ChatReply): TurnResult {
  const answer = answerNoOperation(reply.finishReason === "length");
  record(
    run,
    place,
    { kind: "failure", failure: "no-operation", name: "", arguments: [], raw: "", cut: false },
    answer,
  );
  return { operation: "(none)", text: answer.text, failed: true };
}

function record(run: EpisodeRun, place: TurnPlace, item: ParsedItem, answer: Answer): void {
  const written: MemoryOperation =
    item.kind === "operation" ? item.operation : { name: item.name, arguments: item.arguments };
  const operation = answer.operation ?? written;
  const entry: OperationEntry = {
    kind: "operation",
    stepIndex: place.present.stepIndex,
    phase: place.phase,
    callIndex: place.callIndex,
    actor: "model",
    name: operation.name,
    arguments: operation.arguments,
    status: answer.status,
    result: answer.text,
  };
  if (answer.failure !== undefined) entry.failure = answer.failure;
  if (operation !== written) entry.rewrittenFrom = written;
  if (answer.writes !== undefined) entry.writes = answer.writes;
  run.sink.add(entry);
}

/** An ACTION whose name can be one. */
function isAction(run: EpisodeRun, item: ParsedItem): boolean {
  if (item.kind !== "operation" || item.operation.name !== "ACTION") return false;
  return checkOperation(item.operation, run.table.get("ACTION")!, "plan", run.folder.limits) === undefined;
}

function isFailed(answer: Answer): boolean {
  return answer.status === "refused" || answer.status === "malformed";
}
