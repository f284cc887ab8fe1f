/**
 * The turns of one episode with their consequences, entry by entry. What is held grows with the number of turns, not with their conversations.
 * With two models only the specialist's turns are candidates: the base model's, after the handoff, are not for it to learn.
 */
import type { JournalEntry, OperationEntry } from "../../core/journal.ts";
import type { TurnId, TurnKind } from "../../core/training.ts";
import { showBeginning } from "../../memory/display.ts";
import { parseTurn } from "../../memory/grammar.ts";
import type { OperationTable } from "../../memory/operation-table.ts";
import { FoundLines, type Lookup } from "./found-lines.ts";
import { groundedShare } from "./grounded-share.ts";
import { NamedActions } from "./named-actions.ts";
import { NeededSteps } from "./needed-steps.ts";
import type { TrainingEpisode } from "./training-seeds.ts";
import { type EntryOf, type Gain, type TurnOperation, type TurnSummary, turnId } from "./turn.ts";
import { turnValue } from "./value.ts";

/** Characters of a result in a summary; the store has the whole. */
const resultCharacters = 600;

type Draft = Omit<TurnSummary, "value" | "kind"> & {
  lookup?: Lookup;
  /** What it looked for. */
  keywords: string[];
  handsOver: boolean;
  isCandidate: boolean;
};

export class EpisodeTurns {
  readonly #episode: TrainingEpisode;
  readonly #table: OperationTable;
  readonly #found: FoundLines;
  readonly #needed: NeededSteps;
  readonly #drafts: Draft[] = [];
  readonly #gains: { stepIndex: number; reward: number; progress: number }[] = [];
  /** Drafts of the step under way, and of its present phase. */
  #step: Draft[] = [];
  #phase: Draft[] = [];
  #observation: EntryOf<"observation"> | undefined;
  #action: EntryOf<"action"> | undefined;
  #said = { messages: 0, characters: 0 };

  constructor(episode: TrainingEpisode, start: EntryOf<"episode-start">, table: OperationTable) {
    const names = start.actions.map(({ name }) => name);
    const actions = new NamedActions(names);
    this.#episode = episode;
    this.#table = table;
    this.#found = new FoundLines(actions);
    this.#needed = new NeededSteps(names, actions);
    this.#found.seed(start.files);
  }

  add(entry: JournalEntry): void {
    if (entry.kind === "observation") this.#observe(entry);
    else if (entry.kind === "call") this.#call(entry);
    else if (entry.kind === "operation") this.#operate(entry);
    else if (entry.kind === "phase-end") this.#endPhase(entry);
    else if (entry.kind === "action") this.#act(entry);
  }

  /** All turns in order. Call once, after the last entry. */
  finish(): TurnSummary[] {
    const steps = (this.#drafts.at(-1)?.stepIndex ?? -1) + 1;
    const values = new Map<TurnId, number>();
    const turns: TurnSummary[] = [];
    let gain = this.#gains.length - 1;
    const nextGains = new Map<number, Gain>();
    for (let step = steps - 1; step >= 0; step--) {
      while (gain > 0 && this.#gains[gain - 1]!.stepIndex >= step) gain--;
      const next = this.#gains[gain];
      if (next === undefined || next.stepIndex < step) continue;
      nextGains.set(step, { afterSteps: next.stepIndex - step, reward: next.reward, progress: next.progress });
    }
    const first = this.#drafts[0]?.sees;
    for (const { lookup, keywords, handsOver, isCandidate, ...draft } of this.#drafts) {
      const { stepIndex, consequences } = draft;
      consequences.progressAtEnd = this.#observation?.progress ?? 0;
      consequences.stepsLeft = steps - stepIndex;
      consequences.nextGain = nextGains.get(stepIndex);
      // The first step has no LOG: what it showed is for the LOG of the next.
      const isFirstLog = draft.phase === "log" && stepIndex === 1;
      const before = isFirstLog ? this.#needed.neededAt(0) : undefined;
      const seen = isFirstLog && first !== undefined ? [first, draft.sees] : [draft.sees];
      consequences.grounded = groundedShare(
        [...consequences.lines.map(({ line }) => line), ...keywords],
        seen.flatMap(({ long, short }) => [long, short]),
      );
      consequences.neededAt = before ?? this.#needed.neededAt(stepIndex);
      consequences.recalls = this.#needed.recalls(stepIndex);
      consequences.lookup = lookup?.fate;
      const kind = this.#kindOf(draft, handsOver);
      const consulted = consequences.consulted.map((id) => values.get(id) ?? 0);
      const turn = { ...draft, kind, value: turnValue({ kind, consequences }, consulted) };
      values.set(turn.id, turn.value);
      if (isCandidate) turns.push(turn);
    }
    return turns;
  }

  #observe(entry: EntryOf<"observation">): void {
    const before = this.#observation;
    if (before !== undefined && this.#action !== undefined) this.#settle(before, this.#action, entry);
    this.#observation = entry;
    this.#action = undefined;
    this.#step = [];
    this.#phase = [];
    this.#needed.observe(entry.stepIndex, entry.observation);
  }

  #settle(before: EntryOf<"observation">, action: EntryOf<"action">, after: EntryOf<"observation">): void {
    const reward = after.transition?.reward ?? 0;
    const progress = after.progress - before.progress;
    const brought = reward > 0 || progress > 0 ? { reward, progress } : undefined;
    if (brought !== undefined) {
      this.#gains.push({ stepIndex: before.stepIndex, ...brought });
      this.#needed.gainBy(action.action);
    }
    this.#found.settle(before.stepIndex, action.action, brought);
    for (const draft of this.#step) {
      draft.consequences.progressAfter = after.progress;
      draft.action = {
        name: action.action,
        valid: after.transition?.valid ?? false,
        fallback: action.fallback,
      };
    }
  }

  #call(call: EntryOf<"call">): void {
    const { stepIndex, phase, callIndex, speaker, reply, added, fresh } = call;
    if (this.#phase[0]?.phase !== phase) this.#phase = [];
    if (fresh) this.#said = { messages: 0, characters: 0 };
    this.#said.messages += added.length;
    this.#said.characters += added.reduce((sum, { content }) => sum + content.length, 0);
    const id = turnId(this.#episode.record, call);
    const progress = this.#observation?.progress ?? 0;
    const cut = call.finishReason === "length";
    const holdsAction = () =>
      parseTurn(reply, this.#table, cut).some((item) => item.kind === "operation" && item.operation.name === "ACTION");
    const draft: Draft = {
      id,
      episode: this.#episode.record,
      task: this.#episode.task,
      seed: this.#episode.seed,
      stepIndex,
      phase,
      callIndex,
      speaker,
      sees: this.#observation?.observation ?? { long: "", short: "" },
      reply,
      cut,
      promptMessages: this.#said.messages,
      promptCharacters: this.#said.characters,
      operations: [],
      consequences: {
        progressBefore: progress,
        progressAfter: progress,
        progressAtEnd: progress,
        stepsLeft: 0,
        lines: [],
        consulted: this.#phase.filter(({ lookup }) => lookup !== undefined).map((earlier) => earlier.id),
        recalls: false,
        grounded: 1,
      },
      keywords: [],
      handsOver: phase === "plan" && speaker === "specialist" && holdsAction(),
      isCandidate: speaker === "specialist" || this.#phase.every((earlier) => earlier.speaker === "base"),
    };
    const kept = call.kept ?? reply;
    this.#said.messages += 1;
    this.#said.characters += kept.length;
    if (phase === "plan" && fresh) this.#show(id, stepIndex, added.map(({ content }) => content).join("\n"));
    this.#drafts.push(draft);
    this.#step.push(draft);
    this.#phase.push(draft);
  }

  #show(id: TurnId, stepIndex: number, prompt: string): void {
    this.#found.find(this.#found.open(id, stepIndex, undefined), prompt, undefined);
  }

  #operate(entry: OperationEntry): void {
    const lines = this.#found.write(entry);
    if (entry.actor !== "model") return;
    const draft = this.#phase.find(({ phase, callIndex }) => phase === entry.phase && callIndex === entry.callIndex);
    if (draft === undefined) return;
    draft.operations.push(operationOf(entry));
    draft.consequences.lines.push(...lines);
    if (entry.phase === "plan" && this.#ranLookup(entry)) this.#lookUp(draft, entry);
  }

  /** Judged by what the model wrote: a scaffold that ran another look-up in its place may have found something else. */
  #lookUp(draft: Draft, entry: OperationEntry): void {
    draft.lookup ??= this.#found.open(draft.id, draft.stepIndex, { found: 0, empty: 0, fit: "silent" });
    const { lookup } = draft;
    const written = entry.rewrittenFrom ?? { name: entry.name, arguments: entry.arguments };
    lookup.errands.add(JSON.stringify([written.name, ...written.arguments]));
    const kinds = this.#table.get(written.name)?.arguments ?? [];
    const keywords = written.arguments.filter((_, index) => kinds[index] === "keyword" || kinds[index] === "name");
    draft.keywords.push(...keywords);
    for (const keyword of keywords) this.#needed.lookUp(keyword);
    const isOther = entry.rewrittenFrom !== undefined && !holdsAll(entry.result, keywords);
    if (entry.status === "empty" || isOther) lookup.fate!.empty += 1;
    else {
      lookup.fate!.found += 1;
      const hasFile = this.#table.get(entry.name)?.arguments[0] === "file";
      this.#found.find(lookup, entry.result, hasFile ? entry.arguments[0] : undefined);
    }
  }

  #endPhase({ phase, reason }: EntryOf<"phase-end">): void {
    const last = this.#phase.at(-1);
    if (last?.phase === phase) last.phaseEnd = reason;
  }

  #act(entry: EntryOf<"action">): void {
    this.#action = entry;
    this.#found.act(entry.action);
  }

  #ranLookup({ name, status }: Pick<OperationEntry, "name" | "status">): boolean {
    return (status === "ok" || status === "empty") && this.#table.get(name)?.effect === "read";
  }

  #kindOf({ phase, operations }: Pick<Draft, "phase" | "operations">, handsOver: boolean): TurnKind {
    const looked = operations.some((operation) => this.#ranLookup(operation));
    if (phase === "plan") {
      if (looked) return "lookup";
      const stood = operations.some(({ name, status }) => name === "ACTION" && status === "ok");
      return stood || handsOver ? "end" : "other";
    }
    if (operations.some(({ changed }) => changed.length > 0)) return "write";
    if (looked) return "check";
    return operations.length > 0 && operations.every(({ name, status }) => name === "DONE" && status === "ok")
      ? "nothing"
      : "other";
  }
}

function holdsAll(text: string, keywords: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return keywords.every((keyword) => lower.includes(keyword.toLowerCase()));
}

function operationOf(entry: OperationEntry): TurnOperation {
  const { name, arguments: given, status, failure, rewrittenFrom, result, writes } = entry;
  return {
    name,
    arguments: given,
    ...(rewrittenFrom !== undefined && { rewrittenFrom }),
    status,
    ...(failure !== undefined && { failure }),
    result: showBeginning(result, resultCharacters),
    changed: (writes ?? []).map(({ file }) => file),
  };
}
