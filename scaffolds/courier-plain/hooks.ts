/** The hooks of the courier-plain scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, matchAction } from "automem";
import { continueText, handoffText, logPrompt, planPrompt, type State } from "./prompts.ts";
import { readScene } from "./scene.ts";

export default defineScaffold<State>({
  initFiles: () => files("files"),
  onReset: () => ({ lookups: [] }),

  onObservation(ctx) {
    ctx.state.lookups = [];
    return { ...readScene(ctx.observation.long) };
  },

  logPrompt,
  logContinue: (ctx, input) => continueText(ctx, input, "log"),
  planPrompt,
  planContinue: (ctx, input) => continueText(ctx, input, "plan"),
  handoff: handoffText,

  hiddenOperations: ["READ", "TAIL", "COUNT", "WRITE", "CREATE"],

  onOperation(ctx, operation, phase) {
    if (phase === "plan" && operation.name === "SEARCH") ctx.state.lookups.push(operation.arguments);
    return undefined;
  },

  repairAction(ctx, raw) {
    const bare = raw.trim().replace(/^["'`]+|["'`.!,;]+$/g, "");
    return matchAction(ctx, bare) ?? bare;
  },
});
