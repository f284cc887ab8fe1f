/** What an action is held against before it is played: the question that is open, lava, Boxoban's corners. */
import type { ReadContext, StepContext } from "automem";
import { answersTo } from "./answers.ts";
import type { Board } from "./boxoban.ts";
import { moveDirection } from "./nle/directions.ts";
import { factsOf } from "./nle/prompt-parts.ts";
import type { State } from "./state.ts";

/** Questions to which anything else is no answer. */
const strict = ["item", "choice", "direction"];

/** Why the action is rejected; `undefined` to accept it. */
export function rejection(ctx: ReadContext<State>, action: string): string | undefined {
  const facts = factsOf(ctx);
  if (facts === undefined) return undefined;
  const { question } = facts;
  if (question !== null) {
    const answers = answersTo(question, facts.items, names(ctx));
    if (!strict.includes(question.kind) || answers.length === 0) return undefined;
    if (answers.some((answer) => answer.action === action)) return undefined;
    const list = answers.map((answer) => `${answer.action} (${answer.meaning})`).join(", ");
    return `The game asks: ${question.text} Answer with one of: ${list}.`;
  }
  const direction = moveDirection(action);
  if (direction === undefined) return undefined;
  const lava = (ctx.signals.lava as string[] | undefined) ?? [];
  if (lava.includes(direction))
    return `There is lava to the ${direction}: stepping into it kills you. Choose another action.`;
  const board = ctx.signals.board as unknown as Board | undefined;
  if (board?.steps[direction] === "push into a corner") {
    return `Going ${direction} pushes a boulder into a corner, from which it never comes out: the level would be lost.`;
  }
  return undefined;
}

/** An action that does no harm and can be played; in a question, the way out of it. */
export function fallbackAction(ctx: StepContext<State>): string {
  const facts = factsOf(ctx);
  const offered = names(ctx);
  const board = ctx.signals.board as unknown as Board | undefined;
  const open = Object.keys(board?.steps ?? {}).filter((direction) => board?.steps[direction] === "free");
  const sensible = facts?.question
    ? ["more"]
    : [
        facts?.toStairs?.direction,
        open[ctx.stepIndex % Math.max(open.length, 1)],
        facts?.toUnexplored?.direction,
        facts?.leastVisited?.direction,
        "search",
      ];
  return sensible.find((name) => name !== undefined && offered.includes(name)) ?? ctx.defaultAction;
}

function names(ctx: Pick<StepContext<State>, "actions">): string[] {
  return ctx.actions.map(({ name }) => name);
}
