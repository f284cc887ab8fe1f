/** Small episodes for the tests of trouble: what is seen, written and looked up, step by step. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry, OperationEntry } from "../../../src/core/journal.ts";
import { TroubleFinder } from "../../../src/metrics/trouble/trouble-finder.ts";

export interface PlayedStep {
  /** Observation, long text. */
  sees: string;
  log?: OperationEntry[];
  /** Operations of PLAN, each with its result. */
  plan?: OperationEntry[];
  prompt?: string;
  reward?: number;
  progress?: number;
}

interface EpisodeFacts {
  files?: Record<string, string>;
  actions?: string[];
}

/** The entries of an episode. */
export function* playedSteps(
  steps: readonly PlayedStep[],
  { files = {}, actions = ["wait"] }: EpisodeFacts = {},
): Generator<JournalEntry> {
  yield {
    kind: "episode-start",
    task: "default",
    seed: 1,
    gameOptions: {},
    instruction: "Play.",
    actions: actions.map((name) => ({ name, description: "" })),
    defaultAction: actions[0]!,
    maxSteps: steps.length,
    scaffold: { name: "base", version: "1.0.0", hash: "0".repeat(64) },
    files,
  };
  let last: PlayedStep | undefined;
  for (const [stepIndex, step] of [...steps, { sees: "The end." }].entries()) {
    yield observed(stepIndex, step.sees, last);
    if (stepIndex === steps.length) break;
    last = step;
    for (const operation of step.log ?? []) yield { ...operation, stepIndex, phase: "log" };
    yield {
      kind: "call",
      stepIndex,
      phase: "plan",
      callIndex: 0,
      speaker: "base",
      added: [{ role: "user", content: step.prompt ?? step.sees }],
      fresh: true,
      reply: "",
      finishReason: "stop",
      usage: {},
    };
    for (const operation of step.plan ?? []) yield { ...operation, stepIndex, phase: "plan" };
    yield { kind: "action", stepIndex, raw: "wait", action: "wait", fallback: false, rejections: [] };
  }
  yield { kind: "episode-end", reason: "truncated", steps: steps.length, progress: 0, episodeReturn: 0 };
}

export function search(file: string, keyword: string, result?: string): OperationEntry {
  return operation("SEARCH", [file, keyword], {
    status: result === undefined ? "empty" : "ok",
    result: result ?? "nothing",
  });
}

export function append(file: string, text: string): OperationEntry {
  return operation("APPEND", [file, text], { writes: [{ file, change: "append", text: `${text}\n` }] });
}

export function operation(name: string, words: string[], rest: Partial<OperationEntry> = {}): OperationEntry {
  return {
    kind: "operation",
    stepIndex: 0,
    phase: "plan",
    callIndex: 0,
    actor: "model",
    name,
    arguments: words,
    status: "ok",
    result: "",
    ...rest,
  };
}

export function troubleOf(steps: readonly PlayedStep[], facts?: EpisodeFacts) {
  return troubleIn(playedSteps(steps, facts));
}

export function troubleIn(entries: Iterable<JournalEntry>) {
  const finder = new TroubleFinder();
  for (const entry of entries) finder.add(entry);
  return finder.trouble();
}

/** A recorded play of courier: tests/fixtures/evidence/courier/SOURCE.md. */
export function courierEntries(player: "perfect" | "forgetful" | "unread" | "misfiled"): JournalEntry[] {
  const path = join(import.meta.dir, `../../fixtures/evidence/courier/${player}.jsonl`);
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function observed(stepIndex: number, long: string, last: PlayedStep | undefined): JournalEntry {
  const progress = last?.progress ?? 0;
  const transition = { reward: last?.reward ?? 0, terminated: false, truncated: false, valid: true, executed: "wait" };
  return {
    kind: "observation",
    stepIndex,
    observation: { long, short: "" },
    progress,
    info: {},
    ...(last !== undefined && { transition }),
  };
}
