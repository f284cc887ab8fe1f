/** What a run tells while it goes on, for a person or a program to follow. The records, not this, say what happened. */
import type { Usage } from "../core/chat-model.ts";
import type { EpisodeFailure } from "../store/run-files.ts";
import type { RunSummary } from "./summary.ts";

/** The run so far. Steps, calls, tokens and times are of this process alone; replayed steps and calls cost nothing and are left out. */
export interface RunTotals {
  planned: number;
  /** Those finished before a resume included. */
  finished: number;
  failed: number;
  /** Over the finished episodes, in [0, 1]. */
  meanProgress: number | undefined;
  steps: number;
  calls: number;
  /** Tokens; a count that some call did not say is a lower bound. */
  promptTokens: number;
  cachedTokens: number;
  generatedTokens: number;
  /** Milliseconds spent in model calls, summed over parallel episodes. */
  callMs: number;
  /** Milliseconds since this process took up the run. */
  elapsedMs: number;
  /**
   * Generated tokens a second of the wall clock, over all parallel episodes; `undefined` before the first reply, or if the server does
   * not say how many it generated.
   */
  tokensPerSecond: number | undefined;
  /** Milliseconds left if episodes go on at this speed and last as long as those finished, or else to their limits; `undefined` before the first step. */
  leftMs: number | undefined;
}

interface OfEpisode {
  /** Names the episode within the run. */
  key: string;
}

export type RunEvent = { runId: string; totals: RunTotals } & (
  | { kind: "run-start"; resumed: boolean; owed: number }
  | ({ kind: "episode-start"; task: string; seed: number; attempt: number; maxSteps: number } & OfEpisode)
  | ({
      kind: "step-end";
      stepIndex: number;
      progress: number;
      action: string;
      usage: Usage;
      callMs: number;
      replayed: boolean;
    } & OfEpisode)
  | ({ kind: "episode-restart"; restart: number; failure: EpisodeFailure } & OfEpisode)
  | ({ kind: "episode-end"; steps: number; progress: number; record: string } & OfEpisode)
  | ({ kind: "episode-failed"; failure: EpisodeFailure } & OfEpisode)
  | ({ kind: "episode-stopped" } & OfEpisode)
  | { kind: "run-end"; summary: RunSummary }
);

type WithoutCommon<Event> = Event extends unknown ? Omit<Event, "runId" | "totals"> : never;
/** An event as its source makes it. */
export type RunHappening = WithoutCommon<RunEvent>;
