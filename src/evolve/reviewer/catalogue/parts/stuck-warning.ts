/** Warns in PLAN of actions that changed nothing and of going back and forth. Part of a scaffold package: runs in the sandbox. */
import type { ReadContext, Scaffold } from "automem";
import { type Layered, layered } from "./own-state.ts";
import { beforeEnding } from "./prompt-section.ts";

interface Own {
  /** The last steps: the action, and a number for what was seen after it. */
  recent: { action: string; seen: number }[];
}

/** Steps that are remembered. */
const rememberedSteps = 8;

export function stuckWarning<State>(inner: Scaffold<State>): Scaffold<Layered<State, Own>> {
  const base = layered<State, Own>(inner, { recent: [] });
  return {
    ...base,
    onObservation(ctx) {
      const signals = base.onObservation?.(ctx) ?? {};
      if (ctx.outcome !== undefined) {
        const seen = numberOf(`${ctx.observation.long}\n${ctx.observation.short}`);
        ctx.state.own.recent.push({ action: ctx.outcome.executed, seen });
        ctx.state.own.recent = ctx.state.own.recent.slice(-rememberedSteps);
      }
      return signals;
    },
    planPrompt: (ctx) => beforeEnding(base.planPrompt(ctx), warning(ctx)),
  };
}

function warning<State>({ state, unchangedSteps }: ReadContext<Layered<State, Own>>): string | undefined {
  const { recent } = state.own;
  const useless = [...new Set(recent.slice(-unchangedSteps).map(({ action }) => action))];
  if (unchangedSteps >= 2) {
    return `You are stuck: in ${unchangedSteps} steps nothing changed. Tried without effect: ${useless.join(", ")}. Do something that is not in this list.`;
  }
  if (!isBackAndForth(recent.map(({ seen }) => seen))) return undefined;
  const moves = [...new Set(recent.slice(-4).map(({ action }) => action))];
  return `You go back and forth between two places with ${moves.join(" and ")}. Choose an action that leads elsewhere.`;
}

/** A B A B at the end. */
function isBackAndForth(seen: readonly number[]): boolean {
  const [a, b, c, d] = seen.slice(-4);
  return d !== undefined && a === c && b === d && a !== b;
}

/** A number that tells texts apart (FNV-1a, 32 bits). */
function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
