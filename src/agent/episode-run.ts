/** What the phases of one episode share, and the present step as the scaffold sees it. */
import type { ChatModel, Sampling, Usage } from "../core/chat-model.ts";
import { ProviderError } from "../core/errors.ts";
import type { EpisodeSpec } from "../core/game.ts";
import type { Hash } from "../core/hash.ts";
import type { CallEntry, JournalSink } from "../core/journal.ts";
import type { AgentLimits } from "../core/run-settings.ts";
import type { MemoryReader, ScaffoldSession, StepContext } from "../core/scaffold.ts";
import type { MemoryFolder } from "../memory/folder.ts";
import type { OperationTable } from "../memory/operation-table.ts";
import type { Constraint } from "./constraint.ts";
import type { EpisodeEvent } from "./events.ts";

/** A model in its part. A phase is given its speaker; a conversation may pass from one to another. */
export interface Speaker {
  role: CallEntry["speaker"];
  model: ChatModel;
  /** A loaded adapter, by its content hash. */
  adapter?: Hash | undefined;
}

/** Who speaks in an episode. With a specialist, LOG is its own and PLAN begins with it; the base model then takes over the conversation. */
export interface Speakers {
  base: Speaker;
  specialist: Speaker | undefined;
}

export interface EpisodeRun {
  spec: EpisodeSpec;
  session: ScaffoldSession;
  folder: MemoryFolder;
  /** The folder as hooks may read it. */
  reader: MemoryReader;
  table: OperationTable;
  /** Names the game accepts. */
  actionNames: ReadonlySet<string>;
  limits: AgentLimits;
  sampling: Sampling;
  /** Absent where replies are free. */
  constraint: Constraint | undefined;
  /** Prefix of the cache keys; each phase has a head of its own. */
  cacheKey: string;
  sink: JournalSink;
  signal: AbortSignal | undefined;
  onEvent: (event: EpisodeEvent) => void;
  /** Of the step under way. */
  stepUsage: Usage;
}

/** The present without the files, which change while a step runs. */
export type Present = Omit<StepContext, "files">;

/**
 * True once the step under way has used up its tokens. Throws `ProviderError` (`refused`) where there is such a limit and the server does not
 * say how many tokens a reply took.
 */
export function stepTokensSpent({ limits, stepUsage }: EpisodeRun): boolean {
  if (limits.tokensPerStep === undefined) return false;
  const { promptTokens, generatedTokens } = stepUsage;
  if (promptTokens === undefined || generatedTokens === undefined) {
    throw new ProviderError(
      "The server does not say how many tokens its replies took, so a limit of tokens for each step cannot be held. Leave agent.tokensPerStep out.",
      { code: "refused" },
    );
  }
  return promptTokens + generatedTokens >= limits.tokensPerStep;
}

/** What a hook is shown now. */
export function stepContext(run: EpisodeRun, present: Present): StepContext {
  return { ...present, files: run.folder.list() };
}
