/** The texts of LOG and PLAN: first what never changes, then notes and signals, then what is seen, and last the form of the answer. */
import {
  type ContinueInput,
  fileIndex,
  fill,
  observationText,
  operationHelp,
  type ReadContext,
  resultsText,
  sections,
  text,
} from "automem";
import { achievements } from "./rules.ts";
import type { Signals } from "./signals.ts";
import type { Tracker } from "./tracker.ts";

export type Context = ReadContext<Tracker>;

export const goalsFile = "goals.txt";

export function logPrompt(ctx: Context): string {
  const signals = ctx.signals as Signals;
  return sections([
    fill(text("prompts/log.md"), { operations: operationHelp(ctx, "log") }),
    fileIndex(ctx),
    goals(ctx),
    outcomeText(ctx),
    list("What it did:", signals.news.length > 0 ? signals.news : ["nothing that can be seen in pack or vital signs"]),
    list("Warnings:", [...signals.warnings, ...signals.upkeep]),
    standing(ctx),
    seen(ctx),
    `Answer with goals.txt written anew, what is new, then <|DONE|>. For example:
<|WRITE|>goals.txt|1. (what you want now, and where)<|END|>
<|APPEND|>observations.txt|step ${ctx.stepIndex}: (what is where)<|END|>
<|DONE|>`,
  ]);
}

export function planPrompt(ctx: Context): string {
  const signals = ctx.signals as Signals;
  const actions = ctx.actions.map(({ name, description }) => (description === "" ? name : `${name}: ${description}`));
  return sections([
    fill(text("prompts/plan.md"), {
      instruction: ctx.instruction,
      operations: operationHelp(ctx, "plan"),
      actions: actions.join("\n"),
    }),
    fileIndex(ctx),
    goals(ctx),
    outcomeText(ctx),
    list("Warnings:", signals.warnings),
    standing(ctx),
    seen(ctx),
    "Answer with one operation. To act, for example: <|ACTION|>Do<|END|>",
  ]);
}

export function continueText(input: ContinueInput, phase: "log" | "plan"): string {
  const last = phase === "plan" && input.callsLeft === 1 ? " This is your last call: act now." : "";
  const ending =
    phase === "log"
      ? "Write what is still missing, or answer <|DONE|>"
      : "Look up more, or act: <|ACTION|>Do<|END|>, with any action of the list.";
  return sections([resultsText(input), `Calls left: ${input.callsLeft}.${last}`, ending]);
}

export function handoffText(ctx: Context): string {
  const { warnings } = ctx.signals as Signals;
  return sections([list("Warnings:", warnings), "Choose the action now. Answer with it alone: <|ACTION|>Do<|END|>"]);
}

function goals(ctx: Context): string {
  const content = ctx.memory.read(goalsFile)?.trim() ?? "";
  return `Your goals (goals.txt):\n${content === "" ? "none yet" : content}`;
}

function outcomeText({ outcome, unchangedSteps }: Context): string | undefined {
  if (outcome === undefined) return undefined;
  const parts = [`Your last action: ${outcome.executed}.`];
  if (outcome.fallback) parts.push("You gave no action, so it was chosen for you.");
  else if (!outcome.valid) parts.push(`You wrote "${outcome.action}", which is no action of this game.`);
  if (unchangedSteps >= 1) parts.push(`The observation is as before, for ${unchangedSteps} steps now.`);
  return parts.join(" ");
}

/** Where things stand: place, status, tools and the next step. */
function standing(ctx: Context): string {
  const { position, status, done, next, wins } = ctx.signals as Signals;
  return [
    `Step ${ctx.stepIndex} of ${ctx.maxSteps}. You are ${position}.`,
    `Status: ${status}`,
    `Achievements: ${Math.round(ctx.progress * achievements.length)} of ${achievements.length}${done.length === 0 ? "" : ` (${done.join(", ")})`}`,
    `Next step: ${next}`,
    ...(wins.length === 0 ? [] : [`Easy to have: ${wins.join("; ")}`]),
  ].join("\n");
}

/** The short text stands in the line of the status, unless that could not be read. */
function seen({ observation, signals }: Context): string {
  const isRead = !(signals as Signals).status.includes("?");
  return `What you see now:\n${(isRead ? observation.long : observationText(observation)).replace(/\n{3,}/g, "\n\n")}`;
}

function list(label: string, entries: readonly string[]): string | undefined {
  return entries.length === 0 ? undefined : `${label}\n${entries.map((entry) => `- ${entry}`).join("\n")}`;
}
