/**
 * Plays the episodes a campaign needs and keeps what came of them: each player once on each seed and take. One that was played on a seed
 * before, in an earlier look, is not played on it again, unless another take is asked for: play with other sampling seeds.
 */
import * as v from "valibot";
import type { EvaluationRecord } from "../core/campaign.ts";
import type { Sampling } from "../core/chat-model.ts";
import type { DurableLog } from "../core/durable-log.ts";
import { AutomemError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import type { SeedPurpose } from "../core/seed-set.ts";
import type { RunDependencies } from "../run/dependencies.ts";
import type { RunEvent } from "../run/events.ts";
import { resumeRun, startRun } from "../run/run.ts";
import type { RunSummary } from "../run/summary.ts";
import { newRunId } from "../store/run-id.ts";
import { episodeSpending } from "./episode-spending.ts";
import type { SeedPlan } from "./seed-plan.ts";
import type { PlaySettings } from "./settings.ts";
import { CampaignBudgetSpent, type Spending, Spent } from "./spending.ts";

export type EvaluatedEpisode = EvaluationRecord["episodes"][number];

/** Who plays: a scaffold with the models of the campaign, or with others. */
export interface Player {
  /** Names it for good; what was played under a name is not played again. The log shows its first 16 characters. */
  readonly name: string;
  readonly scaffold: Hash;
  /** In place of the campaign's own. */
  readonly settings?: Partial<PlaySettings>;
  /** Of a run of it. Asked for only when episodes are owed. */
  dependencies(): Promise<RunDependencies>;
}

/** Thrown when play was stopped from outside, or cannot go on: nothing is lost, `resume` goes on. */
export class CampaignStopped extends AutomemError {}

export interface ArenaParts {
  settings: { play: PlaySettings; retries: number };
  plan: Pick<SeedPlan, "require">;
  tasks: readonly string[];
  log: DurableLog;
  spending: Spending;
  commandLine: readonly string[];
}

const Played = v.strictObject({
  runId: v.string(),
  episodes: v.array(
    v.strictObject({ task: v.string(), seed: v.number(), record: v.optional(Hash), progress: v.optional(v.number()) }),
  ),
  spent: Spent,
});

export class Arena {
  readonly #parts: ArenaParts;
  /** By player, purpose and take; see `#known`. */
  readonly #episodes = new Map<string, Map<number, EvaluatedEpisode[]>>();

  constructor(parts: ArenaParts) {
    this.#parts = parts;
  }

  /**
   * The player's episodes on these seeds, seed by seed, each task in order; those not played yet are played. An episode that failed every
   * time has no record. Throws `ConfigError` `sealed-seed` for seeds of another purpose, `CampaignStopped`, `CampaignBudgetSpent`.
   */
  async play(
    player: Player,
    purpose: SeedPurpose,
    seeds: readonly number[],
    onEvent: (event: RunEvent) => void,
    take = 0,
  ): Promise<EvaluatedEpisode[]> {
    this.#parts.plan.require(purpose, seeds);
    const known = this.#known(player, purpose, take);
    const owed = seeds.filter((seed) => !known.has(seed));
    if (owed.length > 0) {
      const { episodes, spent } = await this.#playOwed(player, purpose, owed, onEvent, take);
      this.#parts.spending.add(spent);
      for (const [seed, ofSeed] of Map.groupBy(episodes, (episode) => episode.seed)) known.set(seed, ofSeed);
    }
    return seeds.flatMap((seed) => known.get(seed) ?? []);
  }

  #known(player: Player, purpose: SeedPurpose, take: number): Map<number, EvaluatedEpisode[]> {
    const name = `${purpose}/${player.name}/${take}`;
    const known = this.#episodes.get(name) ?? new Map<number, EvaluatedEpisode[]>();
    this.#episodes.set(name, known);
    return known;
  }

  #playOwed(
    player: Player,
    purpose: SeedPurpose,
    seeds: readonly number[],
    onEvent: (event: RunEvent) => void,
    take: number,
  ): Promise<v.InferOutput<typeof Played>> {
    const { log, spending, tasks, settings } = this.#parts;
    const name = `play/${purpose}/${player.name.slice(0, 16)}/${seeds[0]}..${seeds.at(-1)}x${seeds.length}${take === 0 ? "" : `t${take}`}`;
    return log.once(name, Played, async () => {
      spending.require(seeds.length * tasks.length);
      const dependencies = await player.dependencies();
      const play = { ...settings.play, ...player.settings };
      const { clock, store } = dependencies;
      const { runId } = await log.once(`${name}/run`, v.strictObject({ runId: v.string() }), async () => ({
        runId: newRunId(play.game, clock.nowMs()),
      }));
      const startMs = clock.monotonicMs();
      const playing: RunDependencies = { ...dependencies, onEvent, budget: spending.left() };
      const request = {
        id: runId,
        settings: {
          ...play,
          sampling: takeSampling(play.sampling, take),
          tasks: [...tasks],
          scaffold: player.scaffold,
          seeds: [...seeds],
          seedSet: purpose,
        },
        commandLine: this.#parts.commandLine,
      };
      const exists = (await store.runs.folder(runId).peekFile()) !== undefined;
      let summary = exists ? await resumeRun(playing, runId) : await startRun(playing, request);
      for (let retry = 0; retry < settings.retries && needsAnother(summary); retry++) {
        summary = await resumeRun(playing, runId);
      }
      checkWhole(summary);
      const seconds = (clock.monotonicMs() - startMs) / 1000;
      return { runId, episodes: episodesOf(summary), spent: await spentOn(dependencies, summary, play, seconds) };
    });
  }
}

/** Calls draw their seeds from this one; without one each play is drawn afresh by itself. */
function takeSampling(sampling: Sampling, take: number): Sampling {
  return sampling.seed === undefined ? sampling : { ...sampling, seed: sampling.seed + take };
}

function needsAnother({ failed, halted }: RunSummary): boolean {
  return failed.length > 0 && halted === undefined;
}

/** Episodes that failed each time are missing; episodes that were never ended mean that the campaign must stop here. */
function checkWhole({ runId, owed, halted }: RunSummary): void {
  if (halted?.code === "budget") throw new CampaignBudgetSpent(halted.message);
  if (halted === undefined && owed.length === 0) return;
  throw new CampaignStopped(halted?.message ?? `Run ${runId} still owes ${owed.length} episodes.`, {
    code: halted?.code === "stopped" ? "stopped" : "play-halted",
    data: { runId, owed: owed.length },
    retryable: true,
  });
}

function episodesOf({ finished, failed }: RunSummary): EvaluatedEpisode[] {
  const episodes: EvaluatedEpisode[] = [
    ...finished.map(({ task, seed, record, progress }) => ({ task, seed, record, progress })),
    ...failed.map(({ task, seed }) => ({ task, seed })),
  ];
  return episodes.sort((one, other) => one.seed - other.seed || (one.task < other.task ? -1 : 1));
}

async function spentOn(
  { store }: RunDependencies,
  { finished, failed }: RunSummary,
  play: PlaySettings,
  seconds: number,
): Promise<Spent> {
  const spent: Spent = { episodes: finished.length + failed.length, tokens: 0, money: 0, seconds };
  for (const { record } of finished) {
    const { tokens, money } = episodeSpending(await store.records.get(record, "automem.episode/1"), play);
    spent.tokens += tokens;
    spent.money += money;
  }
  return spent;
}
