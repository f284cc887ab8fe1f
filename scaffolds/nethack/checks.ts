/** What an action is held against before it is played: the question that is open, creatures that must not be hit. */
import type { ReadContext, StepContext } from "automem";
import { answersTo, stepsAsked } from "./answers.ts";
import { dangerOf } from "./dangers.ts";
import { moveDirection } from "./nle/directions.ts";
import { factsOf } from "./nle/prompt-parts.ts";
import type { Question } from "./nle/question.ts";
import type { Facts } from "./nle/track.ts";
import { ladderOf } from "./prompts.ts";
import type { State } from "./state.ts";

/** Questions to which anything else is no answer. */
const strict = ["item", "choice", "direction"];
/** Steps in a row spent on a menu or a text after which only the way out is let through. */
const tooLong = 5;

/** Commands that wait for a direction without asking for it; its key may follow. */
const prefixes = ["fight", "move", "movefar", "rush", "rush2"];

/** Why the action is rejected; `undefined` to accept it. */
export function rejection(ctx: ReadContext<State>, action: string): string | undefined {
  const facts = factsOf(ctx);
  if (facts === undefined) return undefined;
  if (facts.question !== null) return wrongAnswer(ctx, facts, facts.question, action);
  if (/^[A-Za-z]$/.test(action) && !prefixes.includes(ctx.outcome?.executed ?? "")) {
    return `Nothing is asked: the letter ${action} answers questions only. Give the name of a command.`;
  }
  const direction = moveDirection(action);
  const foe = facts.foes.find((other) => other.direction === direction);
  const danger = foe === undefined ? undefined : dangerOf(foe.name);
  return danger === undefined ? undefined : `Do not hit the ${foe!.name}: ${danger}. Choose another action.`;
}

/** An action that does no harm and can be played; in a question, the way out of it. */
export function fallbackAction(ctx: StepContext<State>): string {
  const offered = ctx.actions.map(({ name }) => name);
  const facts = factsOf(ctx);
  const walks = ladderOf(ctx)
    .filter(({ rank }) => rank === 4 || rank === 7 || rank === 8)
    .map(({ action }) => action);
  const sensible = facts?.question ? [facts.question.kind === "more" ? "more" : "esc"] : [...walks, "search"];
  return sensible.find((name) => name !== undefined && offered.includes(name)) ?? ctx.defaultAction;
}

function wrongAnswer(ctx: ReadContext<State>, facts: Facts, question: Question, action: string): string | undefined {
  const answers = answersTo(question, facts.items, new Set(ctx.actions.map(({ name }) => name)));
  if (answers.some((answer) => answer.action === action) || answers.length === 0) return undefined;
  if (strict.includes(question.kind)) {
    const list = answers.map((answer) => `${answer.action} (${answer.meaning})`).join(", ");
    return `The game asks: ${question.text} Answer with one of: ${list}.`;
  }
  const asked = stepsAsked(ctx.state.track.history);
  return asked >= tooLong ? `You have been at this for ${asked} steps. Leave it: esc.` : undefined;
}
