/** Runs every hook of a scaffold over a recorded episode, with a real memory folder and no model. */
import * as v from "valibot";
import type { Json } from "../../../src/core/json.ts";
import type { MemoryOperation } from "../../../src/core/memory-op.ts";
import { MemoryLimits } from "../../../src/core/run-settings.ts";
import type { ActionOutcome, EpisodeContext, ScaffoldSession, StepContext } from "../../../src/core/scaffold.ts";
import { MemoryFolder } from "../../../src/memory/folder.ts";
import { type HookWrite, memoryReader, withWriter } from "../../../src/memory/views.ts";
import type { LoadedScaffold } from "../../../src/scaffold/load-scaffold.ts";
import type { GoldenEpisode } from "./golden.ts";

export interface ReplayedStep {
  stepIndex: number;
  signals: { readonly [name: string]: Json };
  /** Absent at step 0. */
  log?: string;
  plan: string;
  /** What `validateAction` says of the action that was recorded next; absent if it accepts it. */
  rejection?: string;
  fallback: string;
  /** The memory folder after `beforePlan`. */
  files: { [file: string]: string };
}

export interface ReplayOptions {
  /** Steps at most; default: all. */
  steps?: number;
  /** Operations that a model writes in LOG of a step; default: none. */
  write?: (stepIndex: number) => MemoryOperation[];
}

/** The context a session of `episode` is opened with. */
export function contextOf(episode: GoldenEpisode): EpisodeContext {
  return {
    game: episode.game,
    task: episode.task,
    gameInstruction: "The game's own instruction.",
    actions: episode.actions.map((name) => ({ name, description: `does ${name}` })),
    defaultAction: episode.defaultAction,
    maxSteps: 100,
    callsPerPhase: 10,
  };
}

/** What each step came to. The last observation is never shown to an agent, as the episode has ended, and is left out. */
export async function replay(
  loaded: LoadedScaffold,
  episode: GoldenEpisode,
  options: ReplayOptions = {},
): Promise<ReplayedStep[]> {
  const session = await loaded.open(contextOf(episode), episode.seed);
  const folder = new MemoryFolder(v.parse(MemoryLimits, {}));
  const refusal = folder.restore(session.initFiles());
  if (refusal !== undefined) throw new Error(refusal);
  const player = new Player(session, folder);
  const shown = episode.steps.slice(0, -1).slice(0, options.steps);
  try {
    return shown.map((_, stepIndex) => player.step(episode, stepIndex, options));
  } finally {
    session.dispose();
  }
}

class Player {
  readonly session: ScaffoldSession;
  readonly folder: MemoryFolder;
  unchangedSteps = 0;

  constructor(session: ScaffoldSession, folder: MemoryFolder) {
    this.session = session;
    this.folder = folder;
  }

  step(episode: GoldenEpisode, stepIndex: number, options: ReplayOptions): ReplayedStep {
    const { session, folder } = this;
    const reader = memoryReader(folder);
    const base = this.present(episode, stepIndex);
    const now = (signals: StepContext["signals"]): StepContext => ({ ...base, files: folder.list(), signals });
    if (stepIndex === 0) session.onReset(now({}));
    const signals = session.onObservation(now({}), reader);
    session.debug(now(signals));
    let log: string | undefined;
    if (stepIndex > 0) {
      log = session.logPrompt(now(signals), reader);
      const results = (options.write?.(stepIndex) ?? []).map((operation) => this.operate(now(signals), operation));
      session.logContinue(now(signals), reader, { results, callsLeft: 9 });
      this.write((writer) => session.afterLog(now(signals), writer));
    }
    this.write((writer) => session.beforePlan(now(signals), writer));
    const files = folder.snapshot();
    const plan = session.planPrompt(now(signals), reader);
    session.planContinue(now(signals), reader, { results: [], callsLeft: 1, rejection: "no" });
    session.handoff(now(signals), reader);
    const next = episode.steps[stepIndex + 1]!.executed!;
    const repaired = session.repairAction(now(signals), next);
    const verdict = session.validateAction(now(signals), reader, repaired);
    return {
      stepIndex,
      signals,
      ...(log === undefined ? {} : { log }),
      plan,
      ...(verdict.verdict === "reject" ? { rejection: verdict.text } : {}),
      fallback: session.fallbackAction(now(signals)),
      files,
    };
  }

  private present(episode: GoldenEpisode, stepIndex: number): Omit<StepContext, "files" | "signals"> {
    const step = episode.steps[stepIndex]!;
    const before = episode.steps[stepIndex - 1];
    const isSame =
      before?.observation.long === step.observation.long && before?.observation.short === step.observation.short;
    this.unchangedSteps = isSame ? this.unchangedSteps + 1 : 0;
    return {
      stepIndex,
      observation: step.observation,
      previousObservation: before?.observation,
      outcome: outcomeOf(step.executed, step.reward),
      progress: 0,
      unchangedSteps: this.unchangedSteps,
    };
  }

  private operate(step: StepContext, operation: MemoryOperation) {
    const { session, folder } = this;
    const reader = memoryReader(folder);
    const shown = `<|${operation.name}|>${operation.arguments.join("|")}<|END|>`;
    const verdict = session.onOperation(step, reader, "log", operation);
    if (verdict.verdict === "refuse") return { operation: shown, text: verdict.text, failed: true };
    if (session.operations.some(({ name }) => name === operation.name)) {
      const outcome = session.runOperation(step, reader, "log", operation);
      for (const { file, text } of outcome.writes ?? []) folder.write(file, text);
      return { operation: shown, text: outcome.text, failed: outcome.status === "refused" };
    }
    const [file = "", text = ""] = operation.arguments;
    if (operation.name === "APPEND") folder.append(file, `${text}\n`);
    else if (operation.name === "WRITE") folder.write(file, text);
    return { operation: shown, text: "ok", failed: false };
  }

  private write(hook: Parameters<typeof withWriter>[2]): void {
    withWriter(
      this.folder,
      ({ name, file, answer }: HookWrite) => {
        if (!answer.ok) throw new Error(`${name} ${file}: ${answer.refusal}`);
      },
      hook,
    );
  }
}

function outcomeOf(executed: string | undefined, reward: number): ActionOutcome | undefined {
  if (executed === undefined) return undefined;
  return { raw: executed, action: executed, executed, valid: true, fallback: false, reward };
}
