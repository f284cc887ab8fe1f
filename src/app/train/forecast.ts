/** What a campaign of `train` may cost, before it starts: episodes and trainings from its settings, tokens and time from episodes played before. */
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";
import { type Forecast, likeEpisodes } from "../evolve/forecast.ts";

export interface TrainForecast {
  /** `least`: the first collection, and the select seeds of what has to be beaten. `most`: every trial goes through all stages. */
  episodes: { least: number; most: number; collected: number };
  /** LoRA configurations. */
  trainings: { most: number };
  perEpisode?: NonNullable<Forecast["perEpisode"]>;
}

/** Configurations of one trial at most. */
const configurations = 2;

export async function trainForecast(
  app: App,
  settings: TrainSettings,
  tasks: number,
  report: number,
): Promise<TrainForecast> {
  const perEpisode = await likeEpisodes(app, settings.play);
  return { ...countsOf(settings, tasks, report), ...(perEpisode === undefined ? {} : { perEpisode }) };
}

/** Pure. `tasks` of the game, `report` seeds. */
export function countsOf(
  settings: Pick<TrainSettings, "play" | "collection" | "rounds" | "trials" | "selectSeeds" | "gate" | "report">,
  tasks: number,
  report: number,
): Omit<TrainForecast, "perEpisode"> {
  const { collection, rounds, trials, selectSeeds, gate } = settings;
  const collected = tasks * collection.seeds * collection.samples;
  const most = rounds * trials;
  // The base alone, a specialist to start from, each trial's best; and who was accepted once more, as the one to be beaten.
  const toBeat = settings.play.specialist === undefined ? 1 : 2;
  const confirm = gate.kind === "confirm" ? gate.maximumPairs * (toBeat + 2 * most - 1) : 0;
  const reported = settings.report === "never" ? 0 : 2 * report;
  return {
    episodes: {
      least: collected + tasks * selectSeeds,
      most: rounds * collected + tasks * (selectSeeds * (1 + configurations * most) + confirm + reported),
      collected,
    },
    trainings: { most: configurations * most },
  };
}
