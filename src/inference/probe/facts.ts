/** What `automem model check` finds out about a model. `undefined` is "could not be found out", never 0. */
import type { ModelCapabilities, ModelIdentity } from "../../core/chat-model.ts";

/** A step that failed: the code and message of its `ProviderError`. */
export interface ProbeFault {
  code: string;
  message: string;
}

export interface ProbeFacts {
  identity: ModelIdentity;
  capabilities: ModelCapabilities;
  /** The first call: loading included. The other facts are there only if it succeeded. */
  answered: { totalMs: number } | { fault: ProbeFault };
  speed?: { promptTokensPerSecond?: number; generatedTokensPerSecond?: number } | { fault: ProbeFault };
  /** A conversation that goes on: how much of its prompt the server still knew. */
  prefix?:
    | { promptTokens?: number; cachedTokens?: number; firstTokenMs?: number; repeatedFirstTokenMs?: number }
    | { fault: ProbeFault };
  /** Two texts of one seed from the same cache state, and one of another seed. */
  seed?: { sameTwice: boolean; otherDiffers: boolean } | { fault: ProbeFault };
  /** A reply under a grammar, and whether it kept to it. */
  grammar?: { text: string; kept: boolean } | { fault: ProbeFault };
  /** A prompt longer than the context: `refused` is right, `answered` means it was cut. `skipped`: too long to be tried. */
  overflow?: "refused" | "answered" | "skipped" | { fault: ProbeFault };
  /** Counted before sending, and as the server counted it. */
  counting?: { counted?: number; reported?: number } | { fault: ProbeFault };
  streamedPieces?: number;
  loadedAdapters?: readonly string[] | { fault: ProbeFault };
}

/** Narrows a fact to what was found. */
export function found<T extends object>(fact: T | { fault: ProbeFault } | undefined): T | undefined {
  return fact === undefined || "fault" in fact ? undefined : (fact as T);
}
