/** What a campaign may cost, for people. */
import type { EvolveSettings, Forecast } from "../../app/evolve/evolve.ts";
import { amount, duration } from "../../app/units.ts";

export function forecastText({ episodes, reviews, perEpisode }: Forecast, settings: EvolveSettings): string {
  return [
    `Forecast: ${amount(episodes.least)} to ${amount(episodes.most)} episodes and up to ${amount(reviews.most)} reviews; most revisions end on the select seeds.`,
    ...costLines({ episodes, perEpisode }, settings, "reviews not counted"),
  ].join("\n");
}

/** Time, tokens and money of so many episodes, and where the budget ends it. */
export function costLines(
  { episodes, perEpisode }: Pick<Forecast, "episodes"> & { perEpisode: Forecast["perEpisode"] | undefined },
  { play, budget }: Pick<EvolveSettings, "play" | "budget">,
  notCounted: string,
): string[] {
  const lines: string[] = [];
  if (perEpisode === undefined) {
    lines.push(`No episode of ${play.game} with ${play.model} was played before, so tokens and time cannot be told.`);
  } else {
    const { tokens, seconds, money, from } = perEpisode;
    const span = (value: (count: number) => string) => `${value(episodes.least)} to ${value(episodes.most)}`;
    lines.push(
      `Like the last ${from} episodes, that is ${span((count) => duration((1000 * count * seconds) / play.parallel))}, ${span((count) => amount(Math.round(count * tokens)))} tokens${money > 0 ? `, ${span((count) => (count * money).toFixed(2))} money` : ""}, ${notCounted}.`,
    );
  }
  const limits = [
    budget.episodes === undefined ? [] : [`${amount(budget.episodes)} episodes`],
    budget.tokens === undefined ? [] : [`${amount(budget.tokens)} tokens`],
    budget.money === undefined ? [] : [`${budget.money} money`],
    budget.seconds === undefined ? [] : [duration(1000 * budget.seconds)],
  ].flat();
  if (limits.length > 0) lines.push(`The budget stops it at ${limits.join(", ")}; it can go on later.`);
  return lines;
}
