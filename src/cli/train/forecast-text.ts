/** What a campaign of `train` may cost, for people. */
import type { TrainForecast, TrainSettings } from "../../app/train/train.ts";
import { amount } from "../../app/units.ts";
import { costLines } from "../evolve/forecast-text.ts";

export function trainForecastText({ episodes, trainings, perEpisode }: TrainForecast, settings: TrainSettings): string {
  return [
    `Forecast: ${amount(episodes.least)} to ${amount(episodes.most)} episodes (${amount(episodes.collected)} collected in a round) and up to ${amount(trainings.most)} trainings; most adapters end on the select seeds.`,
    ...costLines({ episodes, perEpisode }, settings, "trainings and models that choose not counted"),
  ].join("\n");
}
