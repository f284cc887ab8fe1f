/** The texts of LOG and PLAN. What never changes stands first, what was just seen and the form of the answer last. */
import {
  type EpisodeContext,
  fileIndex,
  fill,
  operationHelp,
  perEpisode,
  type ReadContext,
  sections,
  text,
} from "automem";
import { answersTo, unreachableItems } from "./answers.ts";
import { type Board, boardText } from "./boxoban.ts";
import type { Crossing } from "./crossing.ts";
import { familyOf } from "./family.ts";
import { actionList } from "./nle/action-list.ts";
import { type Place, placeText } from "./nle/directions.ts";
import { actionsText } from "./nle/history.ts";
import { itemText } from "./nle/inventory.ts";
import { wayText } from "./nle/path.ts";
import {
  doorText,
  exploreText,
  factsOf,
  outcomeText,
  quietEnding,
  seenText,
  stairsText,
  warnings,
} from "./nle/prompt-parts.ts";
import type { Question } from "./nle/question.ts";
import type { Facts } from "./nle/track.ts";
import { notesOfLevel } from "./nle/upsert-map.ts";
import { mapFile } from "./operations.ts";
import type { State } from "./state.ts";

type Context = ReadContext<State>;

/** Entering a square this often calls for another way. */
const manyVisits = 4;
const logLines = 5;

const logRules = perEpisode((ctx) => {
  const hasMap = familyOf(ctx.task) !== "boxoban";
  return fill(text("prompts/log.md"), {
    goal: ctx.instruction.split("\n\n")[0] ?? "",
    operations: hasMap ? operationHelp(ctx, "log") : withoutMap(ctx),
    mapHint: hasMap ? "Places go into map.txt with UPSERT_MAP. " : "",
  });
});

const planRules = perEpisode((ctx) =>
  fill(text("prompts/plan.md"), {
    instruction: ctx.instruction,
    operations: operationHelp(ctx, "plan"),
    actions: actionList(ctx.actions),
  }),
);

export function instructionText(ctx: EpisodeContext): string {
  const family = familyOf(ctx.task);
  if (family === "other") return ctx.gameInstruction;
  return fill(text(`prompts/${family}.md`), { maxSteps: ctx.maxSteps }).trim();
}

export function logPrompt(ctx: Context): string {
  const facts = factsOf(ctx);
  return sections([
    logRules(),
    fileIndex(ctx),
    outcomeText(ctx, facts),
    facts === undefined ? undefined : warnings(facts, ctx.unchangedSteps),
    seenText(ctx),
    logEnding(ctx, facts),
  ]);
}

export function planPrompt(ctx: Context): string {
  const facts = factsOf(ctx);
  if (facts?.question) return questionPrompt(ctx, facts, facts.question);
  return sections([
    planRules(),
    fileIndex(ctx),
    lastLogLines(ctx),
    outcomeText(ctx, facts),
    facts === undefined ? undefined : warnings(facts, ctx.unchangedSteps),
    seenText(ctx),
    facts === undefined ? undefined : situation(ctx, facts),
    `Answer with one operation. To act: ${answerForm(ctx)}`,
  ]);
}

/** The form of an action, with one that makes sense here: a small model copies the example. */
export function answerForm(ctx: Pick<Context, "signals" | "actions" | "defaultAction" | "state">): string {
  const facts = factsOf(ctx);
  const names = ctx.actions.map(({ name }) => name);
  const answers = facts?.question ? answersTo(facts.question, facts.items, names) : [];
  const sensible = [
    facts?.question?.kind === "direction" ? askedDirection(ctx) : undefined,
    answers[0]?.action,
    facts?.foes[0]?.direction,
    facts?.toStairs?.direction,
    facts?.lockedDoor === null || facts?.question != null ? undefined : "kick",
    facts?.stairsSeen === null && facts.toUnexplored !== null ? undefined : crossingOf(ctx)?.action,
    facts?.toUnexplored?.direction,
    facts?.toSearch?.direction,
    facts !== undefined && facts.question === null && names.includes("search") ? "search" : undefined,
    facts?.leastVisited?.direction,
    names.find((name) => name !== ctx.defaultAction),
  ];
  return `<|ACTION|>${sensible.find((name) => name !== undefined && names.includes(name)) ?? ctx.defaultAction}<|END|>`;
}

/** The form of the answer. A small model copies the example, so what it says is true. */
function logEnding(ctx: Context, facts: Facts | undefined): string {
  const note = facts === undefined ? undefined : placeNote(ctx, facts);
  const quiet = facts === undefined || note !== undefined ? undefined : quietEnding(facts);
  if (quiet !== undefined) return quiet;
  const example = note ?? "<|APPEND|>log.txt|what happened, in one line<|END|>";
  return `Answer with one or two operations, then <|DONE|>. For example:\n${example}\n<|DONE|>`;
}

/** A note on a place that is not in map.txt yet: stairs seen, a fork or a dead end under the player. */
function placeNote(ctx: Context, facts: Facts): string | undefined {
  const family = familyOf(ctx.task);
  if (family === "boxoban" || facts.place === null) return undefined;
  const notes = notesOfLevel(ctx.memory.read(mapFile) ?? "", facts.levelName).join("\n");
  const candidates: [place: Place | undefined, text: string][] = [[facts.stairsSeen?.to, "stairs down"]];
  if (family === "mazewalk" && facts.open.length === 1) candidates.push([facts.place, "dead end"]);
  if (family === "mazewalk" && facts.open.length > 2) candidates.push([facts.place, `fork: ${facts.open.join(", ")}`]);
  const found = candidates.find(([place]) => place !== undefined && !notes.includes(`(${place.x},${place.y})`));
  return found === undefined ? undefined : `<|UPSERT_MAP|>${found[0]!.x},${found[0]!.y}|${found[1]}<|END|>`;
}

/** A question is answered without notes: what is asked, what can be said, what was meant. */
function questionPrompt(ctx: Context, facts: Facts, question: Question): string {
  const names = ctx.actions.map(({ name }) => name);
  const answers = answersTo(question, facts.items, names).map(({ action, meaning }) => `${action}: ${meaning}`);
  const unreachable = unreachableItems(question, names);
  const recent = ctx.state.track.history.slice(-3);
  return sections([
    fill(text("prompts/question.md"), { question: question.text === "" ? facts.message : question.text }).trim(),
    `You can answer:\n${answers.length === 0 ? names.join(", ") : answers.join("\n")}`,
    unreachable.length === 0 ? undefined : `No action types these: ${unreachable.join(", ")}.`,
    question.kind === "direction" || question.kind === "place" ? seenText(ctx) : undefined,
    question.kind === "item" ? `You carry:\n${facts.items.map(itemText).join("\n")}` : undefined,
    recent.length === 0 ? undefined : `Your last actions: ${actionsText(recent)}.`,
    ctx.state.pendingAnswer === null ? undefined : `You meant: ${ctx.state.pendingAnswer}`,
    `Answer with one of these actions: ${answerForm(ctx)}`,
  ]);
}

/** Boxoban's board is shown whole: notes on places are of no use there. */
function withoutMap(ctx: EpisodeContext): string {
  return ctx.operationHelp.log.filter((line) => !line.includes("UPSERT_MAP")).join("\n");
}

/** As they stand now, after LOG. */
function lastLogLines(ctx: Context): string | undefined {
  const lines = ctx.memory.tail("log.txt", logLines);
  return lines.length === 0 ? undefined : `The last lines of log.txt:\n${lines.join("\n")}`;
}

function situation(ctx: Context, facts: Facts): string {
  const { history } = ctx.state.track;
  const board = ctx.signals.board as unknown as Board | undefined;
  const recent = history.length === 0 ? undefined : `Your last actions: ${actionsText(history)}.`;
  if (board !== undefined) return [recent, boardText(board)].filter((line) => line !== undefined).join("\n");
  const place = facts.place === null ? undefined : `You are at ${placeText(facts.place)}.`;
  const lines = [
    recent,
    [place, facts.around].filter((part) => part !== undefined && part !== null).join(" "),
    facts.foes.length === 0
      ? undefined
      : `To attack: ${facts.foes.map((foe) => `${foe.direction} (${foe.name})`).join(", ")}.`,
    facts.doors === "" ? undefined : `Doors: ${facts.doors}.`,
    doorText(facts),
    stairsText(facts),
    lavaText(ctx),
    crossingOf(ctx)?.advice,
    facts.toStairs === null ? exploreText(facts) : undefined,
    facts.toSearch === null ? undefined : `Enough searched here. Search elsewhere: go ${wayText(facts.toSearch)}.`,
    requiredMove(facts),
  ];
  return lines.filter((line) => line !== undefined && line !== "").join("\n");
}

function crossingOf(ctx: Pick<Context, "signals">): Crossing | undefined {
  return (ctx.signals.crossing ?? undefined) as unknown as Crossing | undefined;
}

/** Where a zap or a kick of the last steps should go. */
function askedDirection(ctx: Pick<Context, "signals" | "state">): string | undefined {
  const last = ctx.state.track.history.slice(-2).map(({ action }) => action);
  if (last.includes("zap")) return ctx.state.zapDirection ?? undefined;
  return last[last.length - 1] === "kick" ? (factsOf(ctx)?.lockedDoor ?? undefined) : undefined;
}

function lavaText(ctx: Context): string | undefined {
  const inLine = (ctx.signals.lavaInLine ?? []) as unknown as { direction: string; steps: number }[];
  if (inLine.length === 0) return undefined;
  return `Lava in line: ${inLine.map(({ direction, steps }) => `${direction}, ${steps} away`).join("; ")}.`;
}

/** After many visits of one square; not while stairs are in reach, and not in a fight. */
function requiredMove(facts: Facts): string | undefined {
  const { leastVisited, visitsHere, toStairs, effect } = facts;
  if (visitsHere < manyVisits || leastVisited === null || toStairs !== null || effect === "fought") return undefined;
  const { direction, visits } = leastVisited;
  const often = visits === 0 ? "not at all" : visits === 1 ? "once" : `${visits} times`;
  return `REQUIRED: you have come here ${visitsHere} times. Now go ${direction}, where you have been ${often}.`;
}
