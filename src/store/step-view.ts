/** Steps as people read them: the entries of one step put together, with each phase's conversation rebuilt. Pure. */
import type { ChatMessage } from "../core/chat-model.ts";
import type { CallEntry, JournalEntry } from "../core/journal.ts";
import type { Phase } from "../core/memory-op.ts";

type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

export interface CallView {
  call: CallEntry;
  /** All that was sent with this call. */
  messages: ChatMessage[];
  /** What the reply's operations did, in the order run. */
  operations: EntryOf<"operation">[];
}

export interface PhaseView {
  phase: Phase;
  calls: CallView[];
  /** Operations outside a call: writes of the scaffold's hooks before the first one. */
  before: EntryOf<"operation">[];
  /** Why it ended; absent while it runs. */
  end: EntryOf<"phase-end">["reason"] | undefined;
}

export interface StepView {
  stepIndex: number;
  /** What was seen at its start. */
  observation: EntryOf<"observation"> | undefined;
  signals: EntryOf<"signals"> | undefined;
  /** Absent at step 0. */
  log: PhaseView | undefined;
  plan: PhaseView | undefined;
  action: EntryOf<"action"> | undefined;
  /** What the game made of the action; absent until it was played. */
  outcome: EntryOf<"observation"> | undefined;
}

/** A line of the steps table. Counts are over the step's calls; tokens are `undefined` where no call said. */
export interface StepRow {
  stepIndex: number;
  action: string | undefined;
  executed: string | undefined;
  valid: boolean | undefined;
  fallback: boolean;
  reward: number | undefined;
  /** Share in [0, 1] after the step; before it while it is under way. */
  progress: number | undefined;
  calls: number;
  operations: number;
  /** Operations that changed memory. */
  writes: number;
  formatFailures: number;
  promptTokens: number | undefined;
  generatedTokens: number | undefined;
  /** The observation after the step equals the one before. */
  unchanged: boolean | undefined;
}

/** `entries` are those with this `stepIndex`; `outcome` is the observation of the next step, if there is one. */
export function viewStep(
  stepIndex: number,
  entries: readonly JournalEntry[],
  outcome: EntryOf<"observation"> | undefined,
): StepView {
  const find = <Kind extends JournalEntry["kind"]>(kind: Kind) =>
    entries.find((entry): entry is EntryOf<Kind> => entry.kind === kind);
  return {
    stepIndex,
    observation: find("observation"),
    signals: find("signals"),
    log: viewPhase("log", entries),
    plan: viewPhase("plan", entries),
    action: find("action"),
    outcome,
  };
}

export function rowOf(step: StepView): StepRow {
  const phases = [step.log, step.plan].filter((phase) => phase !== undefined);
  const calls = phases.flatMap((phase) => phase.calls);
  const operations = phases.flatMap((phase) => [...phase.before, ...phase.calls.flatMap((call) => call.operations)]);
  const sum = (counts: (number | undefined)[]) => {
    const known = counts.filter((count) => count !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
  };
  const { observation, outcome, action } = step;
  return {
    stepIndex: step.stepIndex,
    action: action?.action,
    executed: outcome?.transition?.executed,
    valid: outcome?.transition?.valid,
    fallback: action?.fallback ?? false,
    reward: outcome?.transition?.reward,
    progress: (outcome ?? observation)?.progress,
    calls: calls.length,
    operations: operations.length,
    writes: operations.filter(({ writes }) => writes !== undefined && writes.length > 0).length,
    formatFailures: operations.filter(({ failure }) => failure !== undefined).length,
    promptTokens: sum(calls.map(({ call }) => call.usage.promptTokens)),
    generatedTokens: sum(calls.map(({ call }) => call.usage.generatedTokens)),
    unchanged: observation && outcome ? isSame(observation, outcome) : undefined,
  };
}

function viewPhase(phase: Phase, entries: readonly JournalEntry[]): PhaseView | undefined {
  const view: PhaseView = { phase, calls: [], before: [], end: undefined };
  let said: ChatMessage[] = [];
  for (const entry of entries) {
    if (!("phase" in entry) || entry.phase !== phase) continue;
    if (entry.kind === "call") {
      const messages = entry.fresh ? entry.added : [...said, ...entry.added];
      view.calls.push({ call: entry, messages, operations: [] });
      said = [...messages, { role: "assistant", content: entry.kept ?? entry.reply }];
    } else if (entry.kind === "operation") (view.calls.at(-1)?.operations ?? view.before).push(entry);
    else view.end = entry.reason;
  }
  return view.calls.length === 0 && view.before.length === 0 && view.end === undefined ? undefined : view;
}

function isSame(one: EntryOf<"observation">, other: EntryOf<"observation">): boolean {
  return one.observation.long === other.observation.long && one.observation.short === other.observation.short;
}
