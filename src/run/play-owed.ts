/** Plays one owed episode to its record: opens or replays its journal, restarts lost processes, records what failed. */
import { playEpisode, type Specialist } from "../agent/play-episode.ts";
import { EpisodeStopped } from "../agent/stop.ts";
import type { ChatModel } from "../core/chat-model.ts";
import { StoreError } from "../core/errors.ts";
import type { JournalEntry, JournalSink } from "../core/journal.ts";
import type { Scaffold } from "../core/scaffold.ts";
import { EpisodeCounter } from "../metrics/episode-counter.ts";
import type { EpisodeFigures } from "../metrics/figures.ts";
import type { Clock } from "../platform/clock.ts";
import type { EpisodeFacts } from "../store/finish.ts";
import type { EpisodeJournal } from "../store/journal.ts";
import type { EpisodeName } from "../store/run-folder.ts";
import type { OpenRun } from "../store/runs.ts";
import type { TimesLog } from "../store/times.ts";
import type { BudgetKeeper } from "./budget.ts";
import { CachedCalls, type CallCache } from "./call-cache.ts";
import type { RunHappening } from "./events.ts";
import { describeFailure, judge } from "./failure.ts";
import { type GameSlot, timedGame } from "./game-slot.ts";
import { playSettings } from "./play-settings.ts";
import { type LiveCall, ReplayModel } from "./replay-model.ts";
import { StepWatch } from "./step-watch.ts";
import type { EpisodeOutcome } from "./summary.ts";

/** What playing needs beside the episode. */
export interface PlayContext {
  run: OpenRun;
  model: ChatModel;
  specialist?: Specialist | undefined;
  scaffold: Scaffold;
  clock: Clock;
  automemVersion: string;
  signal: AbortSignal;
  tell: (happening: RunHappening) => void;
  onLiveCall: (call: LiveCall) => void;
  callCache?: CallCache | undefined;
  budget: BudgetKeeper;
}

type EpisodeEnd = Extract<JournalEntry, { kind: "episode-end" }>;

/** An episode at its end, as the trace tells it. */
interface PlayedEpisode {
  end: EpisodeEnd;
  figures: EpisodeFigures;
}

/**
 * Returns where the episode stands after. Throws only `StoreError`s that mean nothing can be recorded any more; the journal stays then,
 * as it does for a stop or a failure, and the episode can be played on.
 */
export async function playOwed(context: PlayContext, slot: GameSlot, episode: EpisodeName): Promise<EpisodeOutcome> {
  const { run, tell, signal } = context;
  const { key } = episode;
  const state = await run.folder.state(episode);
  const attempts = state.attempts + 1;
  await run.folder.markStarted(episode, attempts);
  for (let restart = 1; ; restart++) {
    try {
      const { end, figures } = await playToEnd(context, slot, episode, attempts);
      const record = await run.folder.finish(episode, facts(context, episode, end, figures), attempts);
      tell({ kind: "episode-end", key, steps: end.steps, progress: end.progress, record });
      return { kind: "finished", record, steps: end.steps, progress: end.progress };
    } catch (thrown) {
      const judgement = judge(thrown);
      if (judgement === "fatal") throw thrown;
      if (judgement === "stopped" || signal.aborted) {
        tell({ kind: "episode-stopped", key });
        return { kind: "owed" };
      }
      const failure = describeFailure(thrown);
      if (judgement === "restart") await slot.drop();
      if (judgement === "restart" && restart <= run.record.settings.restarts) {
        tell({ kind: "episode-restart", key, restart, failure });
        continue;
      }
      await run.folder.markFailed(episode, attempts, failure);
      tell({ kind: "episode-failed", key, failure });
      return { kind: "failed", failure };
    }
  }
}

async function playToEnd(
  context: PlayContext,
  slot: GameSlot,
  episode: EpisodeName,
  attempt: number,
): Promise<PlayedEpisode> {
  const { folder } = context.run;
  // Killed between the last entry and the record: all is there, and nothing needs to be played.
  if (folder.isJournalComplete(episode.key)) return readPlayed(folder.journalEntries(episode.key));
  if (context.signal.aborted) throw new EpisodeStopped(0);
  const game = await slot.get();
  const journal = await folder.openJournal(episode.key);
  const times = await folder.openTimes(episode.key);
  try {
    const sink = new CountingSink(journal);
    await playInto(context, { game, journal, times, sink }, episode, attempt);
    await journal.close();
    return sink.played();
  } catch (thrown) {
    await journal.abandon();
    throw thrown;
  } finally {
    await times.close();
  }
}

async function playInto(
  context: PlayContext,
  open: { game: Awaited<ReturnType<GameSlot["get"]>>; journal: EpisodeJournal; times: TimesLog; sink: JournalSink },
  episode: EpisodeName,
  attempt: number,
): Promise<void> {
  const { run, clock, tell, onLiveCall, signal, scaffold } = context;
  const { key, task, seed } = episode;
  const { settings } = run.record;
  const watch = new StepWatch(clock);
  const onCall = (call: LiveCall) => {
    watch.addCall(call);
    onLiveCall(call);
  };
  const talk = { said: [] };
  const speaking = (speaker: LiveCall["speaker"], model: ChatModel) => {
    // Samples are told apart by speaker, should both be the same model.
    const episode = `${task}/${seed}${speaker === "base" ? "" : `/${speaker}`}`;
    const live = settings.cacheCalls === true ? cachedModel(context, model, episode) : model;
    return new ReplayModel({ speaker, model: live }, open.journal, talk, onCall, () => context.budget.allowCall());
  };
  const { specialist } = context;
  await playEpisode({
    game: timedGame(open.game, clock, (ms) => watch.addGame(ms)),
    model: speaking("base", context.model),
    specialist: specialist && { ...specialist, model: speaking("specialist", specialist.model) },
    scaffold,
    spec: { task, seed, options: settings.gameOptions },
    settings,
    sink: open.sink,
    cacheKey: `${run.folder.id}/${key}`,
    signal,
    onEvent: (event) => {
      if (event.kind === "episode-start")
        tell({ kind: "episode-start", key, task, seed, attempt, maxSteps: event.maxSteps });
      if (event.kind !== "step-end") return;
      const { stepIndex, progress, action, usage } = event;
      const replayed = open.journal.replaying;
      const { times, calls } = watch.lap(stepIndex);
      if (!replayed) open.times.add(times);
      const callMs = calls.reduce((sum, { totalMs }) => sum + totalMs, 0);
      tell({ kind: "step-end", key, stepIndex, progress, action, usage, callMs, replayed });
    },
  });
}

/** Throws `StoreError` where nobody said where replies are kept. */
function cachedModel({ callCache }: PlayContext, model: ChatModel, episode: string): ChatModel {
  if (callCache !== undefined) return new CachedCalls(model, callCache, episode);
  throw new StoreError("The run asks for its calls to be kept, but there is no place for them.", {
    code: "no-call-cache",
  });
}

/** Puts entries into the journal and counts them. */
class CountingSink implements JournalSink {
  readonly #journal: EpisodeJournal;
  readonly #counter = new EpisodeCounter();
  #end: EpisodeEnd | undefined;

  constructor(journal: EpisodeJournal) {
    this.#journal = journal;
  }

  add(entry: JournalEntry): void {
    this.#journal.add(entry);
    this.#count(entry);
  }

  async commit(entry: JournalEntry): Promise<void> {
    await this.#journal.commit(entry);
    this.#count(entry);
  }

  played(): PlayedEpisode {
    if (this.#end === undefined) throw endMissing();
    return { end: this.#end, figures: this.#counter.figures() };
  }

  #count(entry: JournalEntry): void {
    this.#counter.add(entry);
    if (entry.kind === "episode-end") this.#end = entry;
  }
}

function readPlayed(entries: Iterable<JournalEntry>): PlayedEpisode {
  const counter = new EpisodeCounter();
  let end: EpisodeEnd | undefined;
  for (const entry of entries) {
    counter.add(entry);
    if (entry.kind === "episode-end") end = entry;
  }
  if (end === undefined) throw endMissing();
  return { end, figures: counter.figures() };
}

function facts(context: PlayContext, episode: EpisodeName, end: EpisodeEnd, figures: EpisodeFigures): EpisodeFacts {
  const { game, model, specialist, scaffold, settings } = context.run.record;
  const { reason, steps, progress, episodeReturn } = end;
  return {
    game,
    model,
    ...(specialist && { specialist }),
    task: episode.task,
    seed: episode.seed,
    scaffold,
    settings: playSettings(settings),
    automemVersion: context.automemVersion,
    end: { reason, steps, progress, episodeReturn },
    figures: JSON.parse(JSON.stringify(figures)),
  };
}

function endMissing(): StoreError {
  return new StoreError("An episode ended without its last entry.", { code: "corrupt-journal" });
}
