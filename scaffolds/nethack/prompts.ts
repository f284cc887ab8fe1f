/** The texts of LOG and PLAN. What never changes stands first, but for what is urgent; what was just seen and the form of the answer last. */
import {
  fileIndex,
  fill,
  operationHelp,
  perEpisode,
  type ReadContext,
  type StepContext,
  sections,
  text,
} from "automem";
import { answersTo, stepsAsked } from "./answers.ts";
import { ladderText, type Rung, rungs } from "./ladder.ts";
import { actionList } from "./nle/action-list.ts";
import { placeText } from "./nle/directions.ts";
import { actionsText } from "./nle/history.ts";
import { doorText, factsOf, outcomeText, quietEnding, seenText, stairsText, warnings } from "./nle/prompt-parts.ts";
import type { Question } from "./nle/question.ts";
import type { Facts } from "./nle/track.ts";
import { notesOfLevel } from "./nle/upsert-map.ts";
import { mapFile } from "./operations.ts";
import type { State } from "./state.ts";
import { urgentText } from "./urgent.ts";

type Context = ReadContext<State>;

/** Steps in a row spent on questions and menus after which the way out is urged. */
const longAsked = 3;
/** Questions that follow from a command one means. */
const usual =
  /\bWhat do you want to (?:eat|drink|quaff|zap|read|wear|put on|wield|throw|fire|use or apply)\b|pray\?|eat it\?/;
/** Notes on the level that PLAN shows at most, the last ones; READ shows all. */
const shownNotes = 12;

const logRules = perEpisode((ctx) =>
  fill(text("prompts/log.md"), {
    goal: ctx.instruction.split("\n\n")[0] ?? "",
    operations: operationHelp(ctx, "log"),
  }),
);

const planRules = perEpisode((ctx) =>
  fill(text("prompts/plan.md"), {
    instruction: ctx.instruction,
    operations: operationHelp(ctx, "plan"),
    actions: actionList(ctx.actions),
  }),
);

export function logPrompt(ctx: Context): string {
  const facts = factsOf(ctx);
  return sections([
    logRules(),
    fileIndex(ctx),
    outcomeText(ctx, facts),
    facts === undefined ? undefined : warnings(facts, ctx.unchangedSteps),
    seenText(ctx),
    (facts === undefined ? undefined : quietEnding(facts)) ??
      `Answer with one or two operations, then <|DONE|>. For example:\n${example(facts)}\n<|DONE|>`,
  ]);
}

export function planPrompt(ctx: Context): string {
  const facts = factsOf(ctx);
  if (facts?.question) return questionPrompt(ctx, facts, facts.question);
  const ladder = ladderOf(ctx);
  const urgent = urgentText(ladder);
  return sections([
    urgent,
    planRules(),
    fileIndex(ctx),
    facts === undefined ? undefined : levelNotes(ctx, facts),
    outcomeText(ctx, facts),
    facts === undefined ? undefined : warnings(facts, ctx.unchangedSteps),
    seenText(ctx),
    facts === undefined ? undefined : situation(ctx, facts),
    ladderText(ladder),
    urgent,
    `Answer with one operation. To act: ${answerForm(ctx)}`,
  ]);
}

/** The form of an action, with one that makes sense here: a small model copies the example. */
export function answerForm(ctx: StepContext<State>): string {
  const facts = factsOf(ctx);
  const offered = new Set(ctx.actions.map(({ name }) => name));
  const sensible = facts?.question
    ? [sensibleAnswer(ctx, facts, facts.question, offered)]
    : ladderOf(ctx).map(({ action }) => action);
  const others = ctx.actions.map(({ name }) => name).filter((name) => name !== ctx.defaultAction);
  const action = [...sensible, ...others].find((name) => name !== undefined && offered.has(name));
  return `<|ACTION|>${action ?? ctx.defaultAction}<|END|>`;
}

/** The rungs that apply now; none while the game asks, or where nothing could be read. */
export function ladderOf(ctx: StepContext<State>): Rung[] {
  const facts = factsOf(ctx);
  return facts === undefined || facts.question !== null ? [] : rungs(facts, ctx.state.lastPrayer);
}

/** A question is answered without notes: what is asked, what can be said, what was meant. */
function questionPrompt(ctx: Context, facts: Facts, question: Question): string {
  const offered = new Set(ctx.actions.map(({ name }) => name));
  const answers = answersTo(question, facts.items, offered).map(({ action, meaning }) => `${action}: ${meaning}`);
  const { history } = ctx.state.track;
  const asked = stepsAsked(history);
  const recent = history.slice(-3);
  return sections([
    fill(text("prompts/question.md"), { question: question.text === "" ? facts.message : question.text }).trim(),
    question.kind === "menu"
      ? "A menu is open. If you did not mean to choose something, leave it with esc."
      : undefined,
    asked >= longAsked ? `URGENT: you have been at questions and menus for ${asked} steps. Leave with esc.` : undefined,
    `You can answer:\n${answers.join("\n")}`,
    seenText(ctx),
    recent.length === 0 ? undefined : `Your last actions: ${actionsText(recent)}.`,
    ctx.state.pendingAnswer === null ? undefined : `You meant: ${ctx.state.pendingAnswer}`,
    `Answer with one of these actions: ${answerForm(ctx)}`,
  ]);
}

/** What was meant if it answers the question; else the first answer where one is usual, and the way out elsewhere. */
function sensibleAnswer(
  ctx: StepContext<State>,
  facts: Facts,
  question: Question,
  offered: ReadonlySet<string>,
): string | undefined {
  const answers = answersTo(question, facts.items, offered);
  const meant = answers.find(({ action }) => action === ctx.state.pendingAnswer);
  if (meant !== undefined) return meant.action;
  const isWanted = question.kind === "more" || question.kind === "direction" || usual.test(question.text);
  const goesOn = isWanted && stepsAsked(ctx.state.track.history) < longAsked;
  return goesOn ? answers[0]?.action : answers[answers.length - 1]?.action;
}

/** The notes on this level, so that they need not be looked up. */
function levelNotes(ctx: Context, facts: Facts): string | undefined {
  const notes = notesOfLevel(ctx.memory.read(mapFile) ?? "", facts.levelName);
  if (notes.length === 0) return undefined;
  const left = notes.length - shownNotes;
  const shown = notes.slice(-shownNotes);
  return `Your notes on this level${left > 0 ? ` (the last ${shownNotes} of ${notes.length})` : ""}:\n${shown.join("\n")}`;
}

function situation(ctx: Context, facts: Facts): string {
  const { history } = ctx.state.track;
  const place = facts.place === null ? undefined : `You are at ${placeText(facts.place)} on ${facts.levelName}.`;
  const { leastVisited, visitsHere, toStairs } = facts;
  const again =
    visitsHere >= 4 && leastVisited !== null && toStairs === null
      ? `You have come here ${visitsHere} times; least often you have been to the ${leastVisited.direction}.`
      : undefined;
  const lines = [
    history.length === 0 ? undefined : `Your last actions: ${actionsText(history)}.`,
    [place, facts.around].filter((part) => part !== undefined && part !== null).join(" "),
    facts.doors === "" ? undefined : `Doors: ${facts.doors}.`,
    doorText(facts),
    facts.toStairs === null && facts.under !== "down" ? stairsText(facts) : undefined,
    again,
  ];
  return lines.filter((line) => line !== undefined && line !== "").join("\n");
}

function example(facts: Facts | undefined): string {
  if (facts !== undefined && facts.foes.length > 0)
    return `<|APPEND|>encounters.txt|${facts.foes[0]!.name}: what it did<|END|>`;
  if (facts?.stairsSeen) return `<|UPSERT_MAP|>${facts.stairsSeen.to.x},${facts.stairsSeen.to.y}|stairs down<|END|>`;
  return "<|APPEND|>log.txt|what happened, in one line<|END|>";
}
