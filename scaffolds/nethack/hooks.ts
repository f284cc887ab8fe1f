/** The hooks of the NetHack scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, fill, type Operation, type OperationVerdict, type ReadContext, text } from "automem";
import { fallbackAction, rejection } from "./checks.ts";
import { continueText, factsOf, signalsOf } from "./nle/prompt-parts.ts";
import { repair } from "./nle/repair.ts";
import { emptyTrack, follow } from "./nle/track.ts";
import { refuseKnownLines, upsertMapOperation } from "./operations.ts";
import { trackPrayer } from "./prayer.ts";
import { answerForm, logPrompt, planPrompt } from "./prompts.ts";
import { pruned, pruneRules } from "./pruning.ts";
import type { State } from "./state.ts";
import { inventoryFile, inventoryText, statusFile, statusText } from "./status-file.ts";

export default defineScaffold<State>({
  initFiles: () => files("files"),
  instruction: (ctx) => fill(text("prompts/instruction.md"), { maxSteps: ctx.maxSteps }).trim(),
  onReset: () => ({ track: emptyTrack, pendingAnswer: null, lastPrayer: null }),

  onObservation(ctx) {
    const { state } = ctx;
    const tracked = follow(state.track, ctx.observation, ctx.outcome?.executed);
    if (tracked === undefined) return {};
    const { facts } = tracked;
    state.track = tracked.track;
    state.lastPrayer = trackPrayer(state.lastPrayer, facts.message, facts.status?.turn);
    if (facts.question === null) state.pendingAnswer = null;
    return signalsOf(tracked);
  },

  logPrompt,
  logContinue: (_, input) => continueText(input, "log", ""),

  afterLog(ctx) {
    for (const rule of pruneRules) {
      const content = ctx.memory.read(rule.file);
      const rest = content === undefined ? undefined : pruned(content, text(`files/${rule.file}`), rule);
      if (rest !== undefined) ctx.memory.write(rule.file, rest);
    }
  },

  beforePlan(ctx) {
    const facts = factsOf(ctx);
    if (facts === undefined) return;
    const wanted: [file: string, content: string | undefined][] = [
      [statusFile, statusText(ctx.stepIndex, facts, ctx.state.lastPrayer)],
      [inventoryFile, inventoryText(facts)],
    ];
    for (const [file, content] of wanted) {
      if (content !== undefined && ctx.memory.read(file) !== content) ctx.memory.write(file, content);
    }
  },

  planPrompt,
  planContinue: (ctx, input) => continueText(input, "plan", answerForm(ctx)),
  handoff: (ctx) => `Choose the action now. Answer with it alone: ${answerForm(ctx)}`,

  operations: [upsertMapOperation],
  onOperation,

  repairAction(ctx, raw) {
    const { action, rest } = repair(ctx, raw);
    ctx.state.pendingAnswer = rest ?? null;
    return action;
  },

  validateAction: rejection,
  fallbackAction,
});

/** The files that code writes are not the model's; lines that stand already are not written twice. */
function onOperation(ctx: ReadContext<State>, operation: Operation): OperationVerdict | undefined {
  const file = operation.arguments[0];
  const writes = ["APPEND", "WRITE", "CREATE"].includes(operation.name);
  if (writes && (file === statusFile || file === inventoryFile)) {
    return {
      verdict: "refuse",
      text: `${file} is written by itself each step. Write into another file, or end with <|DONE|>`,
    };
  }
  return refuseKnownLines(ctx, operation);
}
