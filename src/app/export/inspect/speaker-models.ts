/** How an export names the model of each speaker. Pure. */
import type { CallEntry } from "../../../core/journal.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { RunRecord } from "../../../core/records.ts";
import type { SpeakerFigures } from "../../../metrics/figures.ts";
import { modelUsage, type TokenCounts } from "./output.ts";

export type SpeakerModels = { [Speaker in CallEntry["speaker"]]: string };

/** A specialist that is the base model with an adapter has the beginning of the adapter's hash behind its name. */
export function speakerModels({ model, specialist }: RunRecord): SpeakerModels {
  if (specialist === undefined) return { base: model.name, specialist: model.name };
  const { model: own, adapter } = specialist;
  return { base: model.name, specialist: adapter === undefined ? own.name : `${own.name}+${adapter.slice(0, 12)}` };
}

/** Tokens by model; `undefined` if none are known. */
export function usageByModel(
  models: SpeakerModels,
  whole: TokenCounts,
  speakers: { base: SpeakerFigures; specialist: SpeakerFigures } | undefined,
): JsonObject | undefined {
  // Two speakers of one name are one model.
  const parts: [string, TokenCounts][] =
    speakers === undefined || models.base === models.specialist
      ? [[models.base, whole]]
      : [
          [models.base, speakers.base],
          [models.specialist, speakers.specialist],
        ];
  const known = parts.flatMap(([name, counts]) => {
    const usage = modelUsage(counts);
    return usage === undefined ? [] : [[name, usage] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
