/**
 * Follows written lines through an episode: which turn wrote a line that stands in memory, which look-ups found it, and whether what was then
 * done brought something. A look-up waits for its gain until a later step looks up something else.
 */
import type { OperationEntry } from "../../core/journal.ts";
import type { TurnId } from "../../core/training.ts";
import { MemoryLines, normalLines } from "../../metrics/memory-lines.ts";
import { linesWritten } from "../../metrics/written-lines.ts";
import type { NamedActions } from "./named-actions.ts";
import type { Gain, LineFate, LookupFate } from "./turn.ts";

interface FoundLine {
  fate: LineFate;
  names: ReadonlySet<string>;
}

/** A turn of PLAN that looked something up, or a prompt of PLAN that showed lines of memory (`fate` absent). */
export interface Lookup {
  turn: TurnId;
  stepIndex: number;
  fate: LookupFate | undefined;
  /** Its operations; a later step with one of them goes on with the same errand. */
  errands: Set<string>;
  names: Set<string>;
  lines: FoundLine[];
  /** Of its step, once committed. */
  action: string;
}

/** A look-up waits so long at most; a gain later than that would count for nothing. */
export const longestWaitSteps = 200;

/** Turns named for each line. */
const namedFinds = 20;

export class FoundLines {
  readonly #actions: NamedActions;
  readonly #memory = new MemoryLines();
  /** Normal line to who wrote it, latest last. */
  readonly #written = new Map<string, LineFate[]>();
  /** Of the step under way. */
  #present: Lookup[] = [];
  /** Of this step and earlier ones, still without a gain. */
  #waiting: Lookup[] = [];

  constructor(actions: NamedActions) {
    this.#actions = actions;
  }

  seed(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) this.#memory.apply({ file, change: "replace", text });
  }

  /** Takes in what an operation changed; for the model's own, the lines it wrote. */
  write(entry: OperationEntry): LineFate[] {
    const fates: LineFate[] = [];
    for (const { file, line } of entry.actor === "model" ? linesWritten(entry, this.#memory) : []) {
      const redundant = this.#memory.has(line) || fates.some((fate) => fate.line === line);
      const fate: LineFate = { file, line, redundant, finds: 0, foundBy: [] };
      fates.push(fate);
      if (!redundant) this.#written.set(line, [...(this.#written.get(line) ?? []), fate]);
    }
    for (const change of entry.writes ?? []) this.#memory.apply(change);
    return fates;
  }

  /** A look-up of PLAN; `find` tells what it found. */
  open(turn: TurnId, stepIndex: number, fate: LookupFate | undefined): Lookup {
    const lookup: Lookup = {
      turn,
      stepIndex,
      fate,
      errands: new Set(),
      names: new Set(),
      lines: [],
      action: "",
    };
    this.#present.push(lookup);
    return lookup;
  }

  /** `file`: where the text is from, if the operation says; of a prompt only lines that a turn wrote count. */
  find(lookup: Lookup, text: string, file: string | undefined): void {
    const isPrompt = lookup.fate === undefined;
    if (!isPrompt) for (const name of this.#actions.in(text)) lookup.names.add(name);
    for (const raw of text.split("\n")) {
      const fate = normalLines(raw)
        .flatMap((line) => this.#written.get(line) ?? [])
        .findLast((each) => file === undefined || each.file === file);
      if (fate === undefined || lookup.lines.some((known) => known.fate === fate)) continue;
      const names = this.#actions.in(raw);
      lookup.lines.push({ fate, names });
      if (isPrompt) for (const name of names) lookup.names.add(name);
      else {
        fate.finds += 1;
        if (fate.foundBy.length < namedFinds) fate.foundBy.push(lookup.turn);
      }
    }
  }

  /** The step's action: tells what each look-up of the step was good for, and ends errands that were left for others. */
  act(action: string): void {
    const isNamed = this.#present.some(({ fate, names }) => fate !== undefined && names.has(action));
    for (const lookup of this.#present) {
      lookup.action = action;
      if (lookup.fate === undefined) continue;
      lookup.fate.fit = lookup.names.has(action) ? "named" : lookup.names.size > 0 || isNamed ? "other" : "silent";
    }
    const errands = new Set(this.#present.flatMap((lookup) => [...lookup.errands]));
    const goesOn = (lookup: Lookup) => errands.size === 0 || [...lookup.errands].some((errand) => errands.has(errand));
    this.#waiting = [...this.#waiting.filter(goesOn), ...this.#present];
    this.#present = [];
  }

  /** What the action of step `stepIndex` brought, if anything. */
  settle(stepIndex: number, action: string, brought: Omit<Gain, "afterSteps"> | undefined): void {
    if (brought !== undefined) {
      for (const lookup of this.#waiting)
        credit(lookup, action, { afterSteps: stepIndex - lookup.stepIndex, ...brought });
      this.#waiting = [];
    }
    // A prompt counts for its own step only: the next one shows memory again.
    this.#waiting = this.#waiting.filter(
      (lookup) => lookup.fate !== undefined && stepIndex - lookup.stepIndex < longestWaitSteps,
    );
  }
}

function credit(lookup: Lookup, action: string, gain: Gain): void {
  const { fate, names, lines, turn } = lookup;
  if (fate !== undefined) {
    fate.gain = gain;
    // What it named was right at first, and not what gained.
    if (fate.fit === "named" && !names.has(action)) fate.fit = "other";
  }
  const fit = fate?.fit ?? (names.has(action) ? "named" : "other");
  if (fit === "other") return;
  for (const line of lines) {
    if (fit === "named" && !line.names.has(action) && !line.names.has(lookup.action)) continue;
    line.fate.credit ??= { turn, fit, gain };
  }
}
