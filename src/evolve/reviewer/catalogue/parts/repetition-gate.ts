/** Sends an action back that has changed nothing several times in a row. Part of a scaffold package: runs in the sandbox. */
import type { Scaffold } from "automem";

/** Steps without a change after which the same action is sent back. */
const patience = 3;

export function repetitionGate<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    validateAction(ctx, action) {
      const reason = inner.validateAction?.(ctx, action);
      if (reason !== undefined) return reason;
      if (ctx.unchangedSteps < patience || ctx.actions.length < 2 || ctx.outcome?.action !== action) return undefined;
      return `${action} has changed nothing, and neither did the ${ctx.unchangedSteps} actions before. Choose another action.`;
    },
  };
}
