/**
 * Plays one episode: reset, then for each step LOG (from step 1 on), PLAN, and the game's move. The order of things is here and cannot be
 * changed by a scaffold: the outcome of an action is seen, and can be recorded, only in the step after it.
 * Source: arXiv 2607.01224, the inner loop; where ours differs is told in docs/formats.md, "Memory operations".
 */
import type { ChatModel } from "../core/chat-model.ts";
import { ScaffoldError } from "../core/errors.ts";
import type { EpisodeSpec, Game, GameStart, Transition } from "../core/game.ts";
import type { Hash } from "../core/hash.ts";
import type { episodeEndReasons, JournalSink } from "../core/journal.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { Scaffold } from "../core/scaffold.ts";
import { MemoryFolder } from "../memory/folder.ts";
import { operationTable } from "../memory/operation-table.ts";
import { memoryReader } from "../memory/views.ts";
import type { CommittedAction } from "./action.ts";
import { Constraint } from "./constraint.ts";
import { observationEntry, startEntry } from "./entries.ts";
import { type EpisodeRun, type Present, type Speakers, stepContext } from "./episode-run.ts";
import type { EpisodeEvent } from "./events.ts";
import { runLog } from "./log-phase.ts";
import { runPlan } from "./plan-phase.ts";
import { checkStop } from "./stop.ts";

export interface EpisodeInput {
  /** Used by this episode alone while it runs; `reset` is called here, `close` is not. */
  game: Game;
  /** Plays alone, or is the base model beside a specialist. */
  model: ChatModel;
  specialist?: Specialist | undefined;
  scaffold: Scaffold;
  spec: EpisodeSpec;
  settings: Pick<RunSettings, "agent" | "memory" | "sampling" | "maxSteps" | "constrain">;
  sink: JournalSink;
  /** Names this episode among those that share the model; phases add `/log` and `/plan`, and a specialist puts `specialist/` before. */
  cacheKey: string;
  signal?: AbortSignal | undefined;
  onEvent?: ((event: EpisodeEvent) => void) | undefined;
}

/** Keeps the memory: a model of its own, or the base model itself with an adapter that it has loaded. */
export interface Specialist {
  model: ChatModel;
  adapter?: Hash | undefined;
}

export interface EpisodeResult {
  reason: (typeof episodeEndReasons)[number];
  steps: number;
  /** Share in [0, 1]. */
  progress: number;
  /** Sum of rewards. */
  episodeReturn: number;
  /** The memory folder at the end. */
  files: { [file: string]: string };
}

/**
 * Plays to the end and returns what came of it. With the same replies and the same game the journal entries are the same, byte for byte.
 * Throws `ProviderError`, `GameError`, `ScaffoldError`, `StoreError` as they come and `EpisodeStopped` after the signal: the episode is
 * then owed; nothing that failed is ever played or scored.
 */
export async function playEpisode(input: EpisodeInput): Promise<EpisodeResult> {
  checkStop(input.signal, 0);
  const start = await input.game.reset(input.spec);
  const maxSteps = Math.min(start.maxSteps, input.settings.maxSteps ?? start.maxSteps);
  const session = await input.scaffold.open(
    {
      game: input.game.identity.name,
      task: input.spec.task,
      gameInstruction: start.instruction,
      actions: start.actions,
      defaultAction: start.defaultAction,
      maxSteps,
      callsPerPhase: Math.max(input.settings.agent.logCalls, input.settings.agent.planCalls),
    },
    input.spec.seed,
  );
  try {
    const folder = new MemoryFolder(input.settings.memory);
    const refusal = folder.restore(session.initFiles());
    if (refusal !== undefined) {
      throw new ScaffoldError(`The scaffold's initFiles cannot be stored. ${refusal}`, {
        code: "bad-hook-result",
        data: { hook: "initFiles" },
      });
    }
    const table = operationTable(session.operations);
    const actions = start.actions.map(({ name }) => name);
    const { maxTokens } = input.settings.sampling;
    const run: EpisodeRun = {
      spec: input.spec,
      session,
      folder,
      reader: memoryReader(folder),
      table,
      actionNames: new Set(actions),
      limits: input.settings.agent,
      sampling: input.settings.sampling,
      constraint:
        input.settings.constrain === true
          ? new Constraint({ folder, table, hidden: session.hiddenOperations, actions, maxTokens })
          : undefined,
      cacheKey: input.cacheKey,
      sink: input.sink,
      signal: input.signal,
      onEvent: input.onEvent ?? (() => undefined),
      stepUsage: {},
    };
    return await playSteps(run, input, start, maxSteps);
  } finally {
    session.dispose();
  }
}

async function playSteps(
  run: EpisodeRun,
  input: EpisodeInput,
  start: GameStart,
  maxSteps: number,
): Promise<EpisodeResult> {
  const speakers: Speakers = {
    base: { role: "base", model: input.model },
    specialist: input.specialist && { role: "specialist", ...input.specialist },
  };
  run.sink.add(startEntry(input, start, maxSteps, run.folder.snapshot()));
  run.sink.add(observationEntry(0, start));
  run.onEvent({ kind: "episode-start", maxSteps });
  let present: Present = {
    stepIndex: 0,
    observation: start.observation,
    progress: start.progress,
    unchangedSteps: 0,
    signals: {},
  };
  run.session.onReset(stepContext(run, present));
  let episodeReturn = 0;
  while (true) {
    run.stepUsage = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
    present = { ...present, signals: observe(run, present) };
    if (present.stepIndex > 0) await runLog(run, present, speakers.specialist ?? speakers.base);
    const committed = await runPlan(run, present, speakers);
    await run.sink.commit({ kind: "action", stepIndex: present.stepIndex, ...committed });
    checkStop(run.signal, present.stepIndex);
    const transition = await input.game.step(committed.action);
    episodeReturn += transition.reward;
    const { stepIndex } = present;
    present = nextPresent(present, committed, transition);
    run.sink.add(observationEntry(present.stepIndex, transition));
    const { progress } = transition;
    run.onEvent({ kind: "step-end", stepIndex, progress, action: committed.action, usage: run.stepUsage });
    const reason = endReason(transition, present.stepIndex, maxSteps);
    if (reason === undefined) continue;
    const end = { reason, steps: present.stepIndex, progress, episodeReturn };
    await run.sink.commit({ kind: "episode-end", ...end });
    run.onEvent({ kind: "episode-end", steps: end.steps, progress });
    return { ...end, files: run.folder.snapshot() };
  }
}

/** The scaffold's signals for this step, recorded. */
function observe(run: EpisodeRun, present: Present): Present["signals"] {
  const signals = run.session.onObservation(stepContext(run, present), run.reader);
  const debug = run.session.debug(stepContext(run, { ...present, signals }));
  const { stepIndex } = present;
  run.sink.add({ kind: "signals", stepIndex, signals, ...(debug === undefined ? {} : { debug }) });
  return signals;
}

function nextPresent(last: Present, committed: CommittedAction, transition: Transition): Present {
  const { observation, reward, valid, executed, progress } = transition;
  const { raw, action, fallback } = committed;
  const unchanged = observation.long === last.observation.long && observation.short === last.observation.short;
  return {
    stepIndex: last.stepIndex + 1,
    observation,
    previousObservation: last.observation,
    outcome: { raw, action, executed, valid, fallback, reward },
    progress,
    unchangedSteps: unchanged ? last.unchangedSteps + 1 : 0,
    signals: {},
  };
}

function endReason(transition: Transition, steps: number, maxSteps: number): EpisodeResult["reason"] | undefined {
  if (transition.terminated) return "terminated";
  if (transition.truncated) return "truncated";
  return steps >= maxSteps ? "step-limit" : undefined;
}
