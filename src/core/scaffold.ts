/**
 * The scaffold contract: what the engine asks of a scaffold, and what a scaffold may answer.
 * The phases, the operation log, budgets and the order of things belong to the engine; a scaffold customises through these hooks and
 * cannot skip LOG, write during PLAN, or record the outcome of an action before the next observation.
 * Implemented by src/scaffold over a sandbox; fakes in tests implement it directly.
 */
import * as v from "valibot";
import type { GameAction, Observation } from "./game.ts";
import type { Hash } from "./hash.ts";
import type { Json } from "./json.ts";
import type { MemoryFile, MemoryOperation, Phase } from "./memory-op.ts";

export const ScaffoldManifest = v.strictObject({
  schema: v.literal("automem.scaffold/1"),
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/, "use a-z, 0-9 and -")),
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
  description: v.string(),
  licence: v.string(),
  /** Games it is made for; absent: all. */
  games: v.optional(v.array(v.string())),
  /** Path of the module whose default export holds the hooks. */
  entry: v.string(),
});
export type ScaffoldManifest = v.InferOutput<typeof ScaffoldManifest>;

/** What stays the same for a whole episode. */
export interface EpisodeContext {
  game: string;
  task: string;
  /** The game's instruction text. */
  gameInstruction: string;
  actions: readonly GameAction[];
  defaultAction: string;
  maxSteps: number;
  /** Calls a phase may make. */
  callsPerPhase: number;
}

/** The action committed last step and what the game made of it. */
export interface ActionOutcome {
  /** As the model wrote it. */
  raw: string;
  /** After repair; what was sent to the game. */
  action: string;
  /** What the game played: the default for an invalid action. */
  executed: string;
  valid: boolean;
  /** True if no action could be had from the model, and the scaffold's fallback was played. */
  fallback: boolean;
  reward: number;
}

/** What a hook sees of the present. Plain JSON. */
export interface StepContext {
  stepIndex: number;
  observation: Observation;
  previousObservation?: Observation | undefined;
  /** Absent at step 0. */
  outcome?: ActionOutcome | undefined;
  /** Share in [0, 1]. */
  progress: number;
  /** How many steps in a row the observation has been equal to the one before. */
  unchangedSteps: number;
  /** Files in the memory folder, by name. */
  files: readonly MemoryFile[];
  /** What `onObservation` returned this step. */
  signals: { [name: string]: Json };
}

/** Read access to the memory folder; what hooks and operation handlers are given. Texts are exact, without limits for display. */
export interface MemoryReader {
  list(): MemoryFile[];
  /** `undefined` if there is no such file. */
  read(file: string): string | undefined;
}

/** Write access, for `afterLog` and `beforePlan`; each use is recorded as done by the scaffold. Throws if the folder refuses. */
export interface MemoryWriter extends MemoryReader {
  write(file: string, text: string): void;
  append(file: string, text: string): void;
  remove(file: string): void;
}

/** One result, as the next turn shows it to the model. */
export interface TurnResult {
  /** The operation as the model wrote it, shortened for display. */
  operation: string;
  text: string;
  failed: boolean;
}

export interface ContinueInput {
  results: readonly TurnResult[];
  callsLeft: number;
  /** Set when an action was rejected: why. */
  rejection?: string | undefined;
}

/** An operation that a scaffold adds. Its handler runs in the sandbox. */
export const OperationSpec = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{1,31}$/, "use A-Z, 0-9 and _")),
  phases: v.pipe(v.array(v.picklist(["log", "plan"])), v.minLength(1)),
  effect: v.picklist(["read", "write"]),
  arguments: v.pipe(v.array(v.picklist(["file", "keyword", "count", "text", "name"])), v.maxLength(8)),
  /** One line for the prompt, with an example. */
  help: v.string(),
});
export type OperationSpec = v.InferOutput<typeof OperationSpec>;

/** What a scaffold's own operation did: the text for the model, and the files it wants written (write operations, in LOG only). */
export const HandlerOutcome = v.strictObject({
  text: v.string(),
  status: v.optional(v.picklist(["ok", "empty", "refused"])),
  writes: v.optional(v.array(v.strictObject({ file: v.string(), text: v.string() }))),
});
export type HandlerOutcome = v.InferOutput<typeof HandlerOutcome>;

/** `allow` runs it; `refuse` answers the text; `rewrite` runs another operation in its place (same phase rules). */
export type OperationVerdict =
  | { verdict: "allow" }
  | { verdict: "refuse"; text: string }
  | { verdict: "rewrite"; operation: MemoryOperation };

export type ActionVerdict = { verdict: "accept" } | { verdict: "reject"; text: string };

/**
 * A scaffold at work in one episode. Calls are synchronous, deterministic and bounded in time and memory.
 * Throws `ScaffoldError` (`hook-failed`, `hook-timeout`, `hook-memory`, `bad-hook-result`); the session is then unusable.
 */
export interface ScaffoldSession {
  /** Operations the scaffold adds. */
  readonly operations: readonly OperationSpec[];
  /** Base operations left out of the help (they still run). */
  readonly hiddenOperations: readonly string[];
  /** Files that stand in the folder when the episode starts. */
  initFiles(): { [file: string]: string };
  /** Starts tracking; called once, before the first observation is shown. */
  onReset(step: StepContext): void;
  /** Returns the named signals of this step. */
  onObservation(step: StepContext, memory: MemoryReader): { [name: string]: Json };
  logPrompt(step: StepContext, memory: MemoryReader): string;
  logContinue(step: StepContext, memory: MemoryReader, input: ContinueInput): string;
  planPrompt(step: StepContext, memory: MemoryReader): string;
  planContinue(step: StepContext, memory: MemoryReader, input: ContinueInput): string;
  /** The turn that asks the base model for the action. */
  handoff(step: StepContext, memory: MemoryReader): string;
  onOperation(step: StepContext, memory: MemoryReader, phase: Phase, operation: MemoryOperation): OperationVerdict;
  /** Runs an operation the scaffold registered. */
  runOperation(step: StepContext, memory: MemoryReader, phase: Phase, operation: MemoryOperation): HandlerOutcome;
  afterLog(step: StepContext, memory: MemoryWriter): void;
  beforePlan(step: StepContext, memory: MemoryWriter): void;
  /** The action name the model meant. */
  repairAction(step: StepContext, raw: string): string;
  validateAction(step: StepContext, memory: MemoryReader, action: string): ActionVerdict;
  /** One of the episode's actions. */
  fallbackAction(step: StepContext): string;
  /** For the trace; `undefined` if the scaffold has none. */
  debug(step: StepContext): Json | undefined;
  /** The scaffold's whole state as JSON text. */
  state(): string;
  /** Units of work of the dearest call of each hook so far, the same on every machine; absent where they are not counted. */
  readonly work?: ReadonlyMap<string, number> | undefined;
  dispose(): void;
}

export interface Scaffold {
  readonly manifest: ScaffoldManifest;
  /** Content hash of the package. */
  readonly hash: Hash;
  /** `seed` feeds the only randomness a scaffold has. */
  open(episode: EpisodeContext, seed: number): Promise<ScaffoldSession>;
}
