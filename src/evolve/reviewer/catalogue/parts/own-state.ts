/** Gives a change state of its own beside that of the scaffold it wraps. Part of a scaffold package: runs in the sandbox. */
import type { ReadContext, Scaffold, StepContext, WriteContext } from "automem";

export interface Layered<Inner, Own> {
  inner: Inner;
  own: Own;
}

/** A context as the wrapped scaffold sees it. */
type Below<Context, Inner> = Omit<Context, "state"> & { state: Inner };

/** The same scaffold, with its state one level down. `first` is what `own` starts with, and must be JSON. */
export function layered<Inner, Own>(inner: Scaffold<Inner>, first: Own): Scaffold<Layered<Inner, Own>> {
  type State = Layered<Inner, Own>;
  const under = <Context extends StepContext<State>, Result>(
    ctx: Context,
    hook: (below: Below<Context, Inner>) => Result,
  ): Result => {
    const below = { ...ctx, state: ctx.state.inner };
    const result = hook(below);
    ctx.state.inner = below.state;
    return result;
  };
  const {
    initFiles,
    instruction,
    onReset,
    onObservation,
    logContinue,
    afterLog,
    beforePlan,
    planContinue,
    handoff,
    operations,
    hiddenOperations,
    onOperation,
    repairAction,
    validateAction,
    fallbackAction,
    debug,
  } = inner;
  const layer: Scaffold<State> = {
    onReset: (ctx) => ({
      inner: onReset?.({ ...ctx, state: {} as Inner }) ?? ({} as Inner),
      own: JSON.parse(JSON.stringify(first)) as Own,
    }),
    onObservation: (ctx) => (onObservation === undefined ? {} : under(ctx, onObservation)),
    logPrompt: (ctx) => under(ctx, inner.logPrompt),
    planPrompt: (ctx) => under(ctx, inner.planPrompt),
  };
  if (initFiles) layer.initFiles = initFiles;
  if (instruction) layer.instruction = instruction;
  if (logContinue) layer.logContinue = (ctx, input) => under(ctx, (below) => logContinue(below, input));
  if (afterLog) layer.afterLog = (ctx: WriteContext<State>) => under(ctx, afterLog);
  if (beforePlan) layer.beforePlan = (ctx: WriteContext<State>) => under(ctx, beforePlan);
  if (planContinue) layer.planContinue = (ctx, input) => under(ctx, (below) => planContinue(below, input));
  if (handoff) layer.handoff = (ctx: ReadContext<State>) => under(ctx, handoff);
  if (operations) {
    layer.operations = operations.map((operation) => ({
      ...operation,
      run: (ctx, args, phase) => under(ctx, (below) => operation.run(below, args, phase)),
    }));
  }
  if (hiddenOperations) layer.hiddenOperations = hiddenOperations;
  if (onOperation) {
    layer.onOperation = (ctx, operation, phase) => under(ctx, (below) => onOperation(below, operation, phase));
  }
  if (repairAction) layer.repairAction = (ctx, raw) => under(ctx, (below) => repairAction(below, raw));
  if (validateAction) layer.validateAction = (ctx, action) => under(ctx, (below) => validateAction(below, action));
  if (fallbackAction) layer.fallbackAction = (ctx) => under(ctx, fallbackAction);
  if (debug) layer.debug = (ctx) => under(ctx, debug);
  return layer;
}
