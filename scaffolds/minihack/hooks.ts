/** The hooks of the MiniHack scaffold. What each part is for: NOTES.md. */
import { defineScaffold, files, type Operation, type ReadContext, type StepContext } from "automem";
import { readBoard } from "./boxoban.ts";
import { fallbackAction, rejection } from "./checks.ts";
import { boltReach, crossing } from "./crossing.ts";
import { familyOf } from "./family.ts";
import { actionForKey } from "./keys.ts";
import { filesMark, logLine } from "./log-line.ts";
import { lavaInLine } from "./nle/around.ts";
import { compass, neighbourOf } from "./nle/directions.ts";
import { kindAt, type Level } from "./nle/level.ts";
import { continueText, factsOf, signalsOf } from "./nle/prompt-parts.ts";
import { repair } from "./nle/repair.ts";
import type { StatusLine } from "./nle/status-line.ts";
import { emptyTrack, follow } from "./nle/track.ts";
import { refuseKnownLines, upsertMapOperation } from "./operations.ts";
import { answerForm, instructionText, logPrompt, planPrompt } from "./prompts.ts";
import type { State } from "./state.ts";

export default defineScaffold<State>({
  initFiles: (ctx) => files(`files/${familyOf(ctx.task)}`),
  instruction: instructionText,
  onReset: () => ({ track: emptyTrack, pendingAnswer: null, fountains: [], filesBefore: "", zapDirection: null }),

  onObservation(ctx) {
    const { state } = ctx;
    state.filesBefore = filesMark(ctx.files);
    const tracked = follow(state.track, ctx.observation, ctx.outcome?.executed);
    if (tracked === undefined) return {};
    state.track = tracked.track;
    if (tracked.facts.question === null) state.pendingAnswer = null;
    const signals = signalsOf(tracked);
    if (tracked.level === undefined) return signals;
    if (familyOf(ctx.task) === "boxoban") {
      const board = readBoard(tracked.level, state.fountains);
      state.fountains = board.fountains;
      return { ...signals, board: JSON.parse(JSON.stringify(board)) };
    }
    const { facts, level } = tracked;
    const cross = facts.toStairs === null ? crossing(level, facts.items, names(ctx)) : undefined;
    state.zapDirection = cross?.direction ?? null;
    return {
      ...signals,
      lava: lavaBeside(tracked.level, tracked.facts.status),
      lavaInLine: lavaInLine(tracked.level, boltReach),
      crossing: cross === undefined ? null : { ...cross },
    };
  },

  logPrompt,
  logContinue: (_, input) => continueText(input, "log", ""),

  afterLog(ctx) {
    if (filesMark(ctx.memory.list()) !== ctx.state.filesBefore || ctx.outcome === undefined) return;
    ctx.memory.append("log.txt", `${logLine(ctx.stepIndex, ctx.outcome.executed, factsOf(ctx))}\n`);
  },

  planPrompt,
  planContinue: (ctx, input) => continueText(input, "plan", answerForm(ctx)),
  handoff: (ctx) => `Choose the action now. Answer with it alone: ${answerForm(ctx)}`,

  operations: [upsertMapOperation],
  onOperation: (ctx: ReadContext<State>, operation: Operation) => refuseKnownLines(ctx, operation),

  repairAction(ctx, raw) {
    const key = keyAction(ctx, raw);
    const { action, rest } = key === undefined ? repair(ctx, raw) : { action: key };
    ctx.state.pendingAnswer = rest ?? null;
    return action;
  },

  validateAction: rejection,
  fallbackAction,
});

/** "j" or "yes" while the game asks for a letter: the action that types it. */
function keyAction(ctx: StepContext<State>, raw: string): string | undefined {
  const kind = factsOf(ctx)?.question?.kind;
  if (kind !== "item" && kind !== "choice" && kind !== "menu") return undefined;
  const wanted = raw.trim().replace(/^["'`]|["'`.]$/g, "");
  const key = kind === "choice" && /^(?:yes|no|quit)$/i.test(wanted) ? wanted.charAt(0).toLowerCase() : wanted;
  return key.length === 1 ? actionForKey(key, names(ctx)) : undefined;
}

function names(ctx: StepContext<State>): string[] {
  return ctx.actions.map(({ name }) => name);
}

/** Directions in which the next step would be into lava; none for who does not touch the ground. */
function lavaBeside(level: Level, status: StatusLine | null): string[] {
  if (status?.conditions.some((condition) => condition === "levitating" || condition === "flying")) return [];
  return Object.keys(compass).filter((direction) => {
    const kind = kindAt(level, neighbourOf(level.hero, direction));
    return kind === "lava" || kind === "water or lava";
  });
}
