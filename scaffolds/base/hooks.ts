/** The hooks of the base scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, fill, hasFile, type StepContext, text } from "automem";
import { freeDirections, neighbours } from "./map.ts";
import { continueText, handoffText, logPrompt, planPrompt, type State } from "./prompts.ts";
import { repair } from "./repair.ts";

const gamesWithFiles = ["crafter", "minihack", "nethack"];

export default defineScaffold<State>({
  initFiles: (ctx) => files(`files/${gamesWithFiles.includes(ctx.game) ? ctx.game : "other"}`),

  instruction(ctx) {
    const path = `prompts/${ctx.game}.md`;
    if (!hasFile(path)) return ctx.gameInstruction;
    return fill(text(path), { maxSteps: ctx.maxSteps }).trim();
  },

  onReset: () => ({ pendingAnswer: null }),

  onObservation(ctx) {
    if (!isQuestion(ctx)) ctx.state.pendingAnswer = null;
    return { unchangedSteps: ctx.unchangedSteps };
  },

  logPrompt,
  logContinue: (ctx, input) => continueText(ctx, input, "log"),
  planPrompt,
  planContinue: (ctx, input) => continueText(ctx, input, "plan"),
  handoff: handoffText,

  repairAction(ctx, raw) {
    const { action, rest } = repair(ctx, raw);
    ctx.state.pendingAnswer = rest ?? null;
    return action;
  },

  fallbackAction,
});

/** The game waits for an answer: NetHack and MiniHack ask in their message. */
function isQuestion(ctx: StepContext<State>): boolean {
  const message = /^message:\n([\s\S]*?)\n\nlanguage observation:/.exec(ctx.observation.long)?.[1] ?? "";
  return /\?(?: \[[^\]]*\])?(?: \(.\))?\s*$/.test(message);
}

/** An action that does no harm and can be played; in a question, the way out of it. */
function fallbackAction(ctx: StepContext<State>): string {
  const has = (name: string) => ctx.actions.some((action) => action.name === name);
  if (isQuestion(ctx) && has("esc")) return "esc";
  if (has("search")) return "search";
  const around = neighbours(ctx.observation.long);
  const open = around === undefined ? [] : freeDirections(around).filter(has);
  return open[ctx.stepIndex % open.length] ?? ctx.defaultAction;
}
