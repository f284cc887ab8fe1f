/** What an episode tells while it runs, for progress and for times. The journal, not this, is its record. */
import type { Timings, Usage } from "../core/chat-model.ts";
import type { Phase } from "../core/memory-op.ts";

export type EpisodeEvent =
  | { kind: "episode-start"; maxSteps: number }
  | { kind: "call-end"; stepIndex: number; phase: Phase; callIndex: number; usage: Usage; timings: Timings }
  | {
      kind: "step-end";
      stepIndex: number;
      /** Share in [0, 1] after the step. */
      progress: number;
      action: string;
      /** Over the calls of this step; a count is absent if any call did not say it. */
      usage: Usage;
    }
  | { kind: "episode-end"; steps: number; progress: number };

/** The sum; a count that either lacks is unknown. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum = (key: keyof Usage) => {
    const [a, b] = [left[key], right[key]];
    return a === undefined || b === undefined ? undefined : a + b;
  };
  return {
    promptTokens: sum("promptTokens"),
    cachedTokens: sum("cachedTokens"),
    generatedTokens: sum("generatedTokens"),
  };
}
