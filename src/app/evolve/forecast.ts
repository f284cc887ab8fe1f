/** What a campaign may cost, before it starts: episodes from its settings, tokens and time from episodes played before. */
import { episodeSpending } from "../../campaign/episode-spending.ts";
import type { PlaySettings } from "../../campaign/settings.ts";
import type { EvolveSettings } from "../../evolve/settings.ts";
import type { App } from "../app.ts";
import { keptEpisodes, timesOfEpisodes } from "../run-totals.ts";

export interface Forecast {
  /** Episodes: at least those of the start, at most if every review gives a revision that goes through all stages. */
  episodes: { least: number; most: number };
  reviews: { most: number };
  /** Means over like episodes played before (same game, model and limit of steps); absent if there are none. */
  perEpisode?: { tokens: number; seconds: number; money: number; from: number };
}

/** Episodes of earlier runs that are looked at. */
const sample = 20;

export async function forecast(app: App, settings: EvolveSettings, tasks: number, report: number): Promise<Forecast> {
  const { revisions, attempts, continuations, selectSeeds, gate } = settings;
  const reviews = revisions * attempts * (1 + continuations);
  const confirmPairs = gate.kind === "confirm" ? gate.maximumPairs : 0;
  // An incumbent plays each confirm seed once, whatever is compared with it; a revision has one incumbent.
  const confirm = confirmPairs * (reviews + (confirmPairs > 0 ? revisions : 0));
  const reported = settings.report === "never" ? 0 : 2 * report;
  const most = tasks * (selectSeeds * (1 + reviews) + confirm + reported);
  const perEpisode = await likeEpisodes(app, settings.play);
  return {
    episodes: { least: tasks * selectSeeds, most },
    reviews: { most: reviews },
    ...(perEpisode === undefined ? {} : { perEpisode }),
  };
}

/** Means over the last episodes of the same game, model and limit of steps; `undefined` if there are none. */
export async function likeEpisodes(app: App, play: PlaySettings): Promise<Forecast["perEpisode"]> {
  const store = await app.store();
  const sum = { tokens: 0, seconds: 0, money: 0, from: 0 };
  for (const row of await store.catalogue.listRuns()) {
    if (row.problem !== null || row.game !== play.game || row.model !== play.model || row.finished === 0) continue;
    const run = await store.runs.open(row.id);
    const { maxSteps, specialistModel } = run.record.settings;
    if (maxSteps !== play.maxSteps || specialistModel !== play.specialistModel) continue;
    const finished = (await keptEpisodes(app, run)).filter(({ record }) => record !== undefined);
    const times = await timesOfEpisodes(app, run, finished);
    finished.forEach(({ record }, index) => {
      if (record === undefined || sum.from >= sample) return;
      const { tokens, money } = episodeSpending(record, play);
      const { modelSeconds = 0, gameSeconds = 0, harnessSeconds = 0 } = times[index] ?? {};
      sum.tokens += tokens;
      sum.money += money;
      sum.seconds += modelSeconds + gameSeconds + harnessSeconds;
      sum.from += 1;
    });
    if (sum.from >= sample) break;
  }
  if (sum.from === 0) return undefined;
  const { tokens, seconds, money, from } = sum;
  return { tokens: tokens / from, seconds: seconds / from, money: money / from, from };
}
