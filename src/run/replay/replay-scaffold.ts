/**
 * Replays a recorded episode with a scaffold: the agent itself plays, against a game that shows what was shown and a model that says what
 * was said. No model and no game is asked. What comes out is how prompts, signals, operations and decisions differ from the recorded ones;
 * replaying the scaffold that made the recording shows no difference.
 */
import { playEpisode } from "../../agent/play-episode.ts";
import { ScaffoldError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { canonicalJson } from "../../core/json.ts";
import type { Scaffold, ScaffoldSession } from "../../core/scaffold.ts";
import { type RecordedEpisode, RecordedSteps } from "./recorded-episode.ts";
import { RecordedGame, RecordedModel, type ReplayPlace } from "./recorded-world.ts";
import { ReplayTally, type ReplayTotals } from "./replay-tally.ts";

export interface ReplayOptions {
  /** Steps at most, from the first; default: all. */
  limitSteps?: number | undefined;
  /** Differences of each kind told in full; default 2. */
  details?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface ReplayFailure {
  hook: string;
  stepIndex: number;
  code: string;
  message: string;
}

export interface ReplayReport extends ReplayTotals {
  episode: string;
  scaffold: { name: string; version: string; hash: Hash };
  /** The scaffold that made the recording. */
  recordedScaffold: { name: string; version: string; hash: Hash };
  /** Steps replayed. */
  steps: number;
  /** False where `limitSteps` or a failure ended it. */
  complete: boolean;
  /** Set where a hook failed; what came before stands. */
  failure: ReplayFailure | undefined;
  /** Model calls that were not recorded: answered with DONE, or with the recorded action. */
  extraCalls: number;
  /** Units of work of the dearest call of each hook. */
  work: { [hook: string]: number };
  /** SHA-256 over all that came out and the scaffold's state after each step: equal for equal replays. */
  digest: Hash;
}

/** Deterministic. Throws `ConfigError` `empty-episode`, `EpisodeStopped`, and what reading the recording throws. */
export async function replayScaffold(
  scaffold: Scaffold,
  episode: RecordedEpisode,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  const recording = await RecordedSteps.open(episode);
  const { start } = recording;
  let session: ScaffoldSession | undefined;
  let place: ReplayPlace | undefined;
  let entries: JournalEntry[] = [];
  const digest = new Bun.CryptoHasher("sha256");
  const tally = new ReplayTally(start, options.details ?? 2);
  const endStep = () => {
    if (place === undefined || session === undefined) return;
    for (const entry of entries) digest.update(`${canonicalJson(entry)}\n`);
    digest.update(`${session.state()}\n`);
    tally.step(place, entries);
    entries = [];
  };
  const game = new RecordedGame({
    name: episode.game,
    steps: recording,
    limit: options.limitSteps ?? Number.POSITIVE_INFINITY,
    onStep: (next) => {
      place = next;
    },
    onAction: endStep,
  });
  const model = new RecordedModel("base", () => place!);
  const specialist = episode.twoModels === true ? new RecordedModel("specialist", () => place!) : undefined;
  const take = (entry: JournalEntry) => {
    if (entry.kind === "episode-start") tally.begin(entry);
    else if (entry.kind !== "observation" && entry.kind !== "episode-end") entries.push(entry);
  };
  let failure: ReplayFailure | undefined;
  try {
    await playEpisode({
      game,
      model,
      specialist: specialist && { model: specialist },
      scaffold: {
        manifest: scaffold.manifest,
        hash: scaffold.hash,
        open: async (context, seed) => {
          session = await scaffold.open(context, seed);
          return session;
        },
      },
      spec: { task: start.task, seed: start.seed, options: start.gameOptions },
      settings: episode.settings,
      sink: {
        add: take,
        commit: async (entry) => take(entry),
      },
      cacheKey: "replay",
      signal: options.signal,
    });
  } catch (thrown) {
    if (!(thrown instanceof ScaffoldError)) throw thrown;
    const hook = typeof thrown.data.hook === "string" ? thrown.data.hook : "package";
    failure = { hook, stepIndex: place?.stepIndex ?? 0, code: thrown.code, message: thrown.message };
  } finally {
    await game.close();
  }
  const { name, version } = scaffold.manifest;
  const totals = tally.totals();
  return {
    episode: episode.name,
    scaffold: { name, version, hash: scaffold.hash },
    recordedScaffold: start.scaffold,
    complete: game.atEnd && failure === undefined,
    failure,
    extraCalls: model.extraCalls + (specialist?.extraCalls ?? 0),
    work: Object.fromEntries([...(session?.work ?? [])].sort()),
    digest: digest.digest("hex"),
    ...totals,
  };
}
