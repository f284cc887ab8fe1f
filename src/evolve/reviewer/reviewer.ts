/**
 * The reviewer contract: someone or something that looks at evidence and proposes a revised scaffold package. Implementations: `agent` (a
 * model with tools), `command` (an external program), `catalogue` (no model: rules over figures), `scripted` (for tests).
 * A reviewer sees what its task gives it and nothing else; its package is hostile until it is checked.
 */
import type { ReviewerIdentity } from "../../core/campaign.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import type { Json } from "../../core/json.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";
import type { EvidenceFolder } from "../evidence/evidence-folder.ts";
import type { StructuralChange, TriedRevision } from "../tried-revision.ts";

/** A revised package with what its author says of it. Nothing of it is trusted. */
export interface Proposal {
  /** The whole package, not a difference. */
  files: PackageFiles;
  structuralChange: StructuralChange;
  /** What the trajectories show: the five questions, with step numbers. Markdown. */
  analysis: string;
  /** What the scaffold does now, for the next reviewer. Markdown. */
  method: string;
}

export type ReviewOutcome =
  | { kind: "proposal"; proposal: Proposal }
  /** `exhausted`: this reviewer has nothing left to try at all. The others: this time. */
  | {
      kind: "none";
      code: "exhausted" | "no-proposal" | "out-of-time" | "out-of-turns" | "out-of-tokens";
      reason: string;
    };

/** What a check or a replay found, for the reviewer and for people. */
export interface CheckFindings {
  passed: boolean;
  /** Whole text: every line of the check, failures first. */
  text: string;
}

export interface ReviewTask {
  /** `r1a2c0`; see `TriedRevision.key`. */
  key: string;
  /** Read only. */
  evidence: EvidenceFolder;
  /** The package to start from: the incumbent's, or in a continuation the failed revision's. */
  start: PackageFiles;
  /** What is asked, as Markdown: the same for every reviewer. */
  brief: string;
  /** Oldest first. */
  history: readonly TriedRevision[];
  /** Types, schema, sandbox, base operations, times, determinism. Deterministic; costs no episode. */
  check(files: PackageFiles): Promise<CheckFindings>;
  /** Hooks over the recorded episodes of the evidence. Deterministic; costs no episode. */
  replay(files: PackageFiles): Promise<CheckFindings>;
  /** Everything that costs money or cannot be had twice goes through here; names are the reviewer's own. */
  log: DurableLog;
  /** An empty folder of the review's own; what it leaves there is removed. */
  scratch: string;
  limits: ReviewLimits;
  signal: AbortSignal;
  /** One line for the screen. */
  onProgress?: ((line: string) => void) | undefined;
}

export interface ReviewLimits {
  /** Model calls, or turns of an external program that counts them. */
  turns: number;
  /** Seconds of the whole review, mends included. */
  seconds: number;
  /** Tokens read and written. Absent: no limit. */
  tokens?: number | undefined;
}

/** Calls come one after another: `propose` once, then `mend` for each proposal that did not pass. */
export interface ReviewSession {
  /** Throws `ProviderError`, `ConfigError`: the review is then owed. */
  propose(): Promise<ReviewOutcome>;
  /** `problems`: what check or replay said. */
  mend(problems: string): Promise<ReviewOutcome>;
  /** What was said and done so far, for people: JSON lines. Kept with the revision. */
  transcript(): readonly Json[];
  /** Spent so far, live and replayed alike. */
  spent(): ReviewSpending;
  close(): Promise<void>;
}

export interface ReviewSpending {
  calls: number;
  promptTokens: number;
  cachedTokens: number;
  generatedTokens: number;
}

export interface Reviewer {
  /** Recorded with the campaign: name as given (`agent:ollama:qwen2.5:7b`), and what decides its answers. Plain JSON. */
  readonly identity: ReviewerIdentity;
  open(task: ReviewTask): Promise<ReviewSession>;
  close(): Promise<void>;
}
