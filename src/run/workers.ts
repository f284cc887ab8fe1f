/** The workers of a run: each has a game process and takes the next owed episode until none is left. */
import type { EpisodeName } from "../store/run-folder.ts";
import type { OpenRun } from "../store/runs.ts";
import { Breaker } from "./breaker.ts";
import { BudgetKeeper, pricesOf } from "./budget.ts";
import type { RunDependencies } from "./dependencies.ts";
import type { RunEvent, RunHappening } from "./events.ts";
import { describeFailure } from "./failure.ts";
import { GameSlot } from "./game-slot.ts";
import { type PlayContext, playOwed } from "./play-owed.ts";
import { RunProgress } from "./run-progress.ts";
import { type EpisodeOutcome, type RunSummary, summarise } from "./summary.ts";

/** Plays what the run owes; the lock is held. `first` is the first worker's game. Throws `StoreError` if nothing can be recorded. */
export async function playRun(
  dependencies: RunDependencies,
  run: OpenRun,
  first: GameSlot,
  resumed: boolean,
): Promise<RunSummary> {
  const outcomes = await finishedBefore(dependencies, run);
  const owed = run.episodes.filter(({ key }) => !outcomes.has(key));
  const progress = new RunProgress(dependencies.clock, run.episodes.length, [...outcomes.values()]);
  const runId = run.folder.id;
  const { settings } = run.record;
  const limits = dependencies.budget ?? settings.budget;
  const budget = new BudgetKeeper(limits, pricesOf({ ...settings, budget: limits }), dependencies.clock);
  const tell = (happening: RunHappening) => {
    count(progress, happening);
    if (happening.kind === "step-end" && !happening.replayed) budget.addStep();
    dependencies.onEvent?.({ ...happening, runId, totals: progress.totals() } as RunEvent);
  };
  const asked = dependencies.signal;
  const fatal = new AbortController();
  const signal = asked ? AbortSignal.any([asked, fatal.signal]) : fatal.signal;
  const onLiveCall: PlayContext["onLiveCall"] = (call) => {
    progress.called(call);
    budget.addCall(call);
  };
  const context: PlayContext = { ...dependencies, run, signal, tell, onLiveCall, budget };
  const breaker = new Breaker();
  tell({ kind: "run-start", resumed, owed: owed.length });
  const queue = [...owed];
  const work = async (slot: GameSlot) => {
    try {
      while (!signal.aborted && breaker.open === undefined && budget.spent() === undefined) {
        const episode = queue.shift();
        if (episode === undefined) return;
        const outcome = await playOwed(context, slot, episode);
        outcomes.set(episode.key, outcome);
        if (outcome.kind === "finished") breaker.episodeFinished();
        if (outcome.kind === "failed") breaker.episodeFailed(outcome.failure);
      }
    } catch (thrown) {
      fatal.abort();
      throw thrown;
    } finally {
      await slot.drop();
    }
  };
  const workers = Math.max(1, Math.min(settings.parallel, owed.length));
  const others = Array.from({ length: workers - 1 }, () => new GameSlot(dependencies.openGame));
  const ends = await Promise.allSettled([first, ...others].map(work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const unfinished = run.episodes.some(({ key }) => outcomes.get(key)?.kind !== "finished");
  const halted = haltReason(asked, breaker, queue) ?? budgetHalt(budget, unfinished);
  const summary = summarise(runId, run.episodes, outcomes, progress.totals(), halted);
  tell({ kind: "run-end", summary });
  return summary;
}

function count(progress: RunProgress, happening: RunHappening): void {
  switch (happening.kind) {
    case "episode-start":
      progress.episodeStarted(happening.key, happening.maxSteps);
      break;
    case "step-end":
      progress.stepEnded(happening.key, happening.stepIndex, happening.replayed);
      break;
    case "episode-end":
      progress.episodeFinished(happening.key, happening.steps, happening.progress);
      break;
    case "episode-failed":
      progress.episodeFailed(happening.key);
      break;
    case "episode-restart":
    case "episode-stopped":
      progress.episodeStopped(happening.key);
      break;
    default:
  }
}

/** Episodes with a record, by key. One whose record cannot be read is owed again only by a person's decision: it is reported as failed. */
async function finishedBefore({ store }: RunDependencies, run: OpenRun): Promise<Map<string, EpisodeOutcome>> {
  const outcomes = new Map<string, EpisodeOutcome>();
  for (const episode of run.episodes) {
    const outcome = await outcomeBefore(store, run, episode);
    if (outcome !== undefined) outcomes.set(episode.key, outcome);
  }
  return outcomes;
}

async function outcomeBefore(
  store: RunDependencies["store"],
  run: OpenRun,
  episode: EpisodeName,
): Promise<EpisodeOutcome | undefined> {
  const { status, record } = await run.folder.state(episode);
  if (status !== "finished" || record === undefined) return undefined;
  try {
    const { end } = await store.records.get(record, "automem.episode/1");
    return { kind: "finished", record, steps: end.steps, progress: end.progress };
  } catch (thrown) {
    return { kind: "failed", failure: describeFailure(thrown) };
  }
}

/** Only where something is left to play: a budget that just sufficed halts nothing. */
function budgetHalt(budget: BudgetKeeper, unfinished: boolean): { code: string; message: string } | undefined {
  const spent = unfinished ? budget.spent() : undefined;
  return spent === undefined ? undefined : { code: "budget", message: spent };
}

function haltReason(
  asked: AbortSignal | undefined,
  breaker: Breaker,
  left: readonly EpisodeName[],
): { code: string; message: string } | undefined {
  if (asked?.aborted) return { code: "stopped", message: "The run was stopped." };
  const { open } = breaker;
  if (open === undefined || left.length === 0) return undefined;
  return {
    code: open.code,
    message: `Several episodes in a row failed alike, so no more were started: ${open.message}`,
  };
}
