/** A turn of the model as a candidate for training: what it did, and what came of it later in the episode. Plain JSON. */
import type { ChatMessage } from "../../core/chat-model.ts";
import type { Hash } from "../../core/hash.ts";
import type { JournalEntry } from "../../core/journal.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { TurnId, TurnKind } from "../../core/training.ts";

export type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

/** A step whose action brought something: reward above 0, or more progress. */
export interface Gain {
  /** 0: the action of the same step brought it. */
  afterSteps: number;
  reward: number;
  /** Change of progress, a share. */
  progress: number;
}

/**
 * Whether what was found is what was then done: `named`: it holds the name of the action of this step, and of the one that gained; `silent`:
 * it names no action of the game; `other`: it names other actions only, or another look-up of the step named the right one.
 */
export type LookupFit = "named" | "silent" | "other";

/** What came of a look-up in PLAN. */
export interface LookupFate {
  /** Operations that found something, and that found nothing, or another thing than the model had asked for. */
  found: number;
  empty: number;
  fit: LookupFit;
  /** The first gain before a later step looked up something else. */
  gain?: Gain | undefined;
}

/** What came of a line that the turn wrote. */
export interface LineFate {
  file: string;
  /** Without outer space, inner space as one, in lower case. */
  line: string;
  /** It stood in memory already. */
  redundant: boolean;
  /** Turns of PLAN that found it, and the first twenty of them. */
  finds: number;
  foundBy: TurnId[];
  /** The first of those whose look-up was followed by a gain it fits; `afterSteps` counts from the look-up. */
  credit?: { turn: TurnId; fit: LookupFit; gain: Gain } | undefined;
}

export interface Consequences {
  /** Before the step's action and after it, a share. */
  progressBefore: number;
  progressAfter: number;
  progressAtEnd: number;
  /** Actions from this one to the last, this one counted. */
  stepsLeft: number;
  /** The next gain of the episode, whatever brought it. */
  nextGain?: Gain | undefined;
  /** LOG: lines written, in order. */
  lines: LineFate[];
  /** PLAN, if it looked something up. */
  lookup?: LookupFate | undefined;
  /** Earlier look-ups of the same PLAN. */
  consulted: TurnId[];
  /** The first later step that asked for, or gained by, what this step's observation said. For the first LOG, of step 1, also what step 0's said. */
  neededAt?: number | undefined;
  /** This step's observation asks for something that was seen before. */
  recalls: boolean;
  /**
   * Share of the words of the lines written, or of the keywords looked up, that stand in this step's observation (for the first LOG, also in step
   * 0's); 1 where there are none.
   */
  grounded: number;
}

export interface TurnOperation {
  name: string;
  arguments: string[];
  /** What the model wrote, where the scaffold put this operation in its place. */
  rewrittenFrom?: { name: string; arguments: string[] } | undefined;
  status: EntryOf<"operation">["status"];
  failure?: string | undefined;
  /** What the model was told; a long text ends with a line that says so. */
  result: string;
  /** Files it changed. */
  changed: string[];
}

/** What a selector sees. The whole conversation is read from the store by id (`readTurnTexts`). */
export interface TurnSummary {
  id: TurnId;
  episode: Hash;
  task: string;
  seed: number;
  stepIndex: number;
  phase: Phase;
  callIndex: number;
  speaker: "base" | "specialist";
  kind: TurnKind;
  /** The observation of the step. */
  sees: { long: string; short: string };
  reply: string;
  /** The reply was cut by its token limit. */
  cut: boolean;
  /** Of the conversation it answers. */
  promptMessages: number;
  promptCharacters: number;
  operations: TurnOperation[];
  /** The action of the step and whether the game knew it. */
  action?: { name: string; valid: boolean; fallback: boolean } | undefined;
  /** If the phase ended with this turn: why. */
  phaseEnd?: EntryOf<"phase-end">["reason"] | undefined;
  consequences: Consequences;
  /** In [0, 1]; see `turnValue`. */
  value: number;
}

/** The words of a turn: the conversation as it was sent, and the reply. */
export interface TurnTexts {
  id: TurnId;
  phase: Phase;
  messages: ChatMessage[];
  reply: string;
  cut: boolean;
  /** What became of each operation of the reply, by the name written, in the order recorded. */
  outcomes: { name: string; status: EntryOf<"operation">["status"] }[];
}

export function turnId(episode: Hash, { stepIndex, phase, callIndex }: EntryOf<"call">): TurnId {
  return `${episode}:${stepIndex}:${phase}:${callIndex}`;
}
