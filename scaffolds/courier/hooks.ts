/** The hooks of the courier scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, matchAction } from "automem";
import { lookupFault } from "./lookup-gate.ts";
import { noteOperation } from "./note-operation.ts";
import { continueText, handoffText, logPrompt, passwordFile, planPrompt, type State } from "./prompts.ts";
import { insteadOf, lookupKey, repeatFault } from "./repeat.ts";
import { readScene } from "./scene.ts";

const lookups = ["READ", "SEARCH", "TAIL"];

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

  operations: [noteOperation],
  hiddenOperations: ["TAIL", "COUNT", "APPEND", "WRITE", "CREATE"],

  onOperation(ctx, operation, phase) {
    if (phase !== "plan" || !lookups.includes(operation.name)) return undefined;
    const fault = repeatFault(operation, ctx.state.lookups);
    if (fault !== undefined) return { verdict: "refuse", text: fault };
    ctx.state.lookups.push(lookupKey(operation));
    const [file = "", keyword = ""] = operation.arguments;
    const other = insteadOf(operation, ctx.memory.search(file, keyword).length, ctx.memory.count(file));
    if (other === undefined) return undefined;
    ctx.state.lookups.push(lookupKey(other));
    return { verdict: "rewrite", operation: other };
  },

  repairAction(ctx, raw) {
    const bare = raw.trim().replace(/^["'`]+|["'`.!,;]+$/g, "");
    return matchAction(ctx, bare) ?? bare;
  },

  validateAction(ctx, action) {
    const scene = readScene(ctx.observation.long);
    const lines = ctx.memory.count(passwordFile);
    return lookupFault({ scene, lookups: ctx.state.lookups.length, lines }, action, ctx.defaultAction);
  },
});
