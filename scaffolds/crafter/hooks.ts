/** The hooks of the crafter scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, fill, matchAction, text } from "automem";
import { checklistFile, checkOperation } from "./check-operation.ts";
import { freshChecklist } from "./checklist.ts";
import { duplicateFault } from "./duplicates.ts";
import { readMoment } from "./moment.ts";
import { continueText, goalsFile, handoffText, logPrompt, planPrompt } from "./prompts.ts";
import { refusal } from "./refusals.ts";
import { readings } from "./repair.ts";
import { signalsOf } from "./signals.ts";
import { newTracker, type StepNews, type Tracker, track } from "./tracker.ts";

export default defineScaffold<Tracker>({
  initFiles: () => ({ ...files("files"), [checklistFile]: freshChecklist() }),
  instruction: (ctx) => fill(text("prompts/instruction.md"), { maxSteps: ctx.maxSteps }).trim(),
  onReset: () => newTracker,

  onObservation(ctx) {
    const moment = readMoment(ctx.observation);
    let news: StepNews | undefined;
    if (ctx.outcome !== undefined && ctx.previousObservation !== undefined) {
      const before = readMoment(ctx.previousObservation);
      const step = { action: ctx.outcome.executed, before, after: moment, progress: ctx.progress };
      const tracked = track(ctx.state, { ...step, unchanged: ctx.unchangedSteps > 0 });
      ctx.state = tracked.tracker;
      news = tracked.news;
    }
    const { files: sizes, stepIndex } = ctx;
    return signalsOf({ tracker: ctx.state, moment, news, files: sizes, stepIndex });
  },

  logPrompt,
  logContinue: (_, input) => continueText(input, "log"),
  planPrompt,
  planContinue: (_, input) => continueText(input, "plan"),
  handoff: handoffText,

  operations: [checkOperation],
  hiddenOperations: ["COUNT"],

  onOperation(ctx, { name, arguments: [file = "", content = ""] }) {
    if (name === "WRITE" && file === goalsFile) ctx.state.goalsStep = ctx.stepIndex;
    if (name !== "APPEND") return undefined;
    const fault = duplicateFault(file, content, ctx.memory.read(file));
    return fault === undefined ? undefined : { verdict: "refuse", text: fault };
  },

  repairAction(ctx, raw) {
    for (const reading of readings(raw)) {
      const action = matchAction(ctx, reading);
      if (action !== undefined) return action;
    }
    return raw.trim();
  },

  validateAction(ctx, action) {
    const { position, counters, rejections } = ctx.state;
    const input = { facing: position.facing, noops: counters.noops, rejections };
    const text = refusal(action, { ...input, moment: readMoment(ctx.observation) });
    if (text !== undefined) ctx.state.rejections += 1;
    return text;
  },

  fallbackAction: (ctx) => ctx.defaultAction,
  debug: (ctx) => ctx.state,
});
