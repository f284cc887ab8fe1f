/** What an episode cost, from its record alone. */
import * as v from "valibot";
import { costOf } from "../core/budget.ts";
import type { Usage } from "../core/chat-model.ts";
import type { EpisodeRecord } from "../core/records.ts";
import { EpisodeFigures } from "../metrics/figures.ts";
import type { PlaySettings } from "./settings.ts";

/** Tokens read and written, cached ones included; counts that no server said are left out. Money is 0 without prices of the model. */
export function episodeSpending(
  record: EpisodeRecord,
  { prices, model, specialistModel = model }: Pick<PlaySettings, "prices" | "model" | "specialistModel">,
): { tokens: number; money: number } {
  const { log, plan, speakers } = v.parse(EpisodeFigures, record.figures);
  const parts: [model: string, usage: Usage][] =
    speakers === undefined
      ? [
          [model, log],
          [model, plan],
        ]
      : [
          [model, speakers.base],
          [specialistModel, speakers.specialist],
        ];
  const spent = { tokens: 0, money: 0 };
  for (const [name, usage] of parts) {
    const price = prices !== undefined && Object.hasOwn(prices, name) ? prices[name] : undefined;
    spent.tokens += (usage.promptTokens ?? 0) + (usage.generatedTokens ?? 0);
    spent.money += price === undefined ? 0 : costOf(usage, price);
  }
  return spent;
}
