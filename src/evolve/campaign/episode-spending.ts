/** What an episode cost, from its record alone. */
import * as v from "valibot";
import type { EpisodeRecord } from "../../core/records.ts";
import { EpisodeFigures } from "../../metrics/figures.ts";
import { costOf } from "../../run/budget.ts";
import type { PlaySettings } from "../settings.ts";

/** Tokens read and written, cached ones included; counts that no server said are left out. Money is 0 without prices of the model. */
export function episodeSpending(
  record: EpisodeRecord,
  { prices, model }: Pick<PlaySettings, "prices" | "model">,
): { tokens: number; money: number } {
  const figures = v.parse(EpisodeFigures, record.figures);
  const usage = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  for (const phase of [figures.log, figures.plan]) {
    usage.promptTokens += phase.promptTokens ?? 0;
    usage.cachedTokens += phase.cachedTokens ?? 0;
    usage.generatedTokens += phase.generatedTokens ?? 0;
  }
  const price = prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined;
  return {
    tokens: usage.promptTokens + usage.generatedTokens,
    money: price === undefined ? 0 : costOf(usage, price),
  };
}
