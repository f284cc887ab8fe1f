/**
 * Types of the module "automem", which every scaffold package may import. Guide: docs/scaffolds.md.
 * There is no clock, file, network or timer in a scaffold: `Date`, `fetch`, `process`, `require`, `setTimeout` do not exist.
 * `Math.random` exists; its numbers follow from the seed of the episode, the step and the hook.
 */
declare module "automem" {
  export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
  export type Phase = "log" | "plan";

  export interface Action {
    name: string;
    description: string;
  }

  export interface Observation {
    /** What was seen. */
    long: string;
    /** Inventory or status; may be empty. */
    short: string;
  }

  /** What stays the same for a whole episode. Frozen. */
  export interface EpisodeContext {
    readonly game: string;
    readonly task: string;
    /** The game's own instruction text. */
    readonly gameInstruction: string;
    /** What the hook `instruction` made of it; the game's own if there is no such hook. */
    readonly instruction: string;
    readonly actions: readonly Action[];
    readonly defaultAction: string;
    readonly maxSteps: number;
    /** Calls the model may make in one phase. */
    readonly callsPerPhase: number;
    /** One line for each operation of the phase; see `operationHelp`. */
    readonly operationHelp: Readonly<Record<Phase, readonly string[]>>;
  }

  /** The action of the last step and what the game made of it. */
  export interface ActionOutcome {
    /** As the model wrote it. */
    raw: string;
    /** After repair; what was sent to the game. */
    action: string;
    /** What the game played: the default for an invalid action. */
    executed: string;
    valid: boolean;
    /** True if no action could be had from the model. */
    fallback: boolean;
    reward: number;
  }

  export interface MemoryFile {
    name: string;
    characters: number;
    lines: number;
  }

  /** Reading the memory folder. Texts are whole. */
  export interface MemoryReader {
    list(): MemoryFile[];
    /** `undefined` if there is no such file. */
    read(file: string): string | undefined;
    /** Lines that contain the keyword, in any case; none if there is no such file. */
    search(file: string, keyword: string): string[];
    /** The last `count` lines. */
    tail(file: string, count: number): string[];
    /** Lines in the file; 0 if there is none. */
    count(file: string): number;
  }

  /** Writing too; in `afterLog` and `beforePlan`. Throws if the folder refuses (limits, names). Recorded as done by the scaffold. */
  export interface MemoryWriter extends MemoryReader {
    write(file: string, text: string): void;
    append(file: string, text: string): void;
    remove(file: string): void;
  }

  /** The present step, as every hook but `initFiles` and `instruction` sees it. */
  export interface StepContext<State> extends EpisodeContext {
    readonly stepIndex: number;
    readonly observation: Observation;
    readonly previousObservation?: Observation;
    /** Absent at step 0. */
    readonly outcome?: ActionOutcome;
    /** Share in [0, 1]. */
    readonly progress: number;
    /** How many steps in a row the observation has been equal to the one before. */
    readonly unchangedSteps: number;
    readonly files: readonly MemoryFile[];
    /** What `onObservation` returned in this step. */
    readonly signals: { readonly [name: string]: Json };
    /** Plain JSON; change it in place or put another in its place. Kept as JSON text between hooks. */
    state: State;
  }

  export interface ReadContext<State> extends StepContext<State> {
    readonly memory: MemoryReader;
  }

  export interface WriteContext<State> extends StepContext<State> {
    readonly memory: MemoryWriter;
  }

  export interface Operation {
    name: string;
    arguments: string[];
  }

  /** One result, as the next turn shows it to the model. */
  export interface TurnResult {
    /** The operation as the model wrote it, shortened. */
    operation: string;
    text: string;
    failed: boolean;
  }

  export interface ContinueInput {
    readonly results: readonly TurnResult[];
    readonly callsLeft: number;
    /** Set when an action was rejected: why. */
    readonly rejection?: string;
  }

  export type OperationVerdict =
    | { verdict: "allow" }
    | { verdict: "refuse"; text: string }
    | { verdict: "rewrite"; operation: Operation };

  export interface HandlerOutcome {
    /** For the model. */
    text: string;
    status?: "ok" | "empty" | "refused";
    /** Files to write; for operations with effect `write`. */
    writes?: { file: string; text: string }[];
  }

  /** An operation of the package's own. */
  export interface OwnOperation<State> {
    /** `A-Z`, `0-9`, `_`; not the name of a base operation. */
    name: string;
    /** A `write` operation is open in `log` only. */
    phases: Phase[];
    effect: "read" | "write";
    /** What stands between the bars, in order; the last takes all that is left. */
    arguments: ("file" | "keyword" | "count" | "text" | "name")[];
    /** One line for the prompt, with an example. */
    help: string;
    run(ctx: ReadContext<State>, args: string[], phase: Phase): HandlerOutcome;
  }

  export type BaseOperation = "READ" | "SEARCH" | "TAIL" | "COUNT" | "APPEND" | "WRITE" | "CREATE" | "DONE" | "ACTION";

  /** The hooks, in the order in which a step calls them. All but the two prompts may be left out. */
  export interface Scaffold<State> {
    /** Files that stand in the memory folder when the episode starts. Default: none. */
    initFiles?(ctx: EpisodeContext): { [file: string]: string };
    /** Text in place of the game's instruction. Called once. */
    instruction?(ctx: EpisodeContext): string;
    /** The state an episode starts with. Default: `{}`. */
    onReset?(ctx: StepContext<State>): State;
    /** Reads the new observation; returns named signals. */
    onObservation?(ctx: ReadContext<State>): { [name: string]: Json };
    logPrompt(ctx: ReadContext<State>): string;
    /** The turn after results in LOG. Default: results and calls left. */
    logContinue?(ctx: ReadContext<State>, input: ContinueInput): string;
    afterLog?(ctx: WriteContext<State>): void;
    beforePlan?(ctx: WriteContext<State>): void;
    planPrompt(ctx: ReadContext<State>): string;
    planContinue?(ctx: ReadContext<State>, input: ContinueInput): string;
    /** The turn that asks the base model for the action. */
    handoff?(ctx: ReadContext<State>): string;
    operations?: OwnOperation<State>[];
    /** Base operations left out of the help; they still run. */
    hiddenOperations?: BaseOperation[];
    /** Nothing returned: allow. */
    onOperation?(ctx: ReadContext<State>, operation: Operation, phase: Phase): OperationVerdict | undefined;
    /** The action name that was meant. Default: the one that differs in case, spaces, `_` or `-` only. */
    repairAction?(ctx: StepContext<State>, raw: string): string;
    /** Why the action is rejected; nothing: accept. Sees the action after repair. */
    validateAction?(ctx: ReadContext<State>, action: string): string | undefined;
    /** One of the game's actions. Default: the game's default action. */
    fallbackAction?(ctx: StepContext<State>): string;
    /** JSON for the trace. */
    debug?(ctx: StepContext<State>): Json;
  }

  /** Gives the hooks their types; export the result as default. */
  export function defineScaffold<State = Record<string, never>>(definition: Scaffold<State>): Scaffold<State>;

  /**
   * Makes a value when an episode begins, for all its hooks: what follows from the episode alone, such as a list of the actions as text, need
   * not be worked out at each step. Call it at the top level of a module; the function given back returns the value, inside hooks. A change
   * that a hook makes to the value is gone with the hook.
   */
  export function perEpisode<Value>(make: (ctx: EpisodeContext) => Value): () => Value;

  /** A text file of the package, by its path. Throws if there is none. */
  export function text(path: string): string;
  export function hasFile(path: string): boolean;
  /** The files right below a folder of the package: name to text. */
  export function files(folder: string): { [name: string]: string };
  /** Puts values for `{{name}}` in a template. Throws for a name that is not given. */
  export function fill(template: string, values: { [name: string]: string | number }): string;
  /** Lines of a text, without the empty one after a last newline. */
  export function lines(content: string): string[];
  /** Joins the parts that are not empty, a blank line between. */
  export function sections(parts: readonly (string | undefined)[]): string;
  /** The operations of a phase: exact form, meaning, example; one a line. */
  export function operationHelp(ctx: EpisodeContext, phase: Phase): string;
  /** The files of the memory folder in one line. */
  export function fileIndex<State>(ctx: StepContext<State>): string;
  export function observationText(observation: Observation): string;
  /** The action that differs in case, spaces, `_` or `-` only; `undefined` if there is none, or more than one. */
  export function matchAction(ctx: EpisodeContext, raw: string): string | undefined;
  /** The results of a turn, and the rejection if there was one. */
  export function resultsText(input: ContinueInput): string;
}
