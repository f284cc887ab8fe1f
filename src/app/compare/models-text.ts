/** The models of a run as one text. Pure. */
import type { RunRecord } from "../../core/records.ts";

/** `base + specialist`, where there are two. */
export function modelsText({ model, specialist }: RunRecord): string {
  if (specialist === undefined) return model.name;
  const { model: own, adapter } = specialist;
  const name = adapter === undefined ? undefined : `adapter ${adapter.slice(0, 12)}`;
  if (own.name === model.name && name !== undefined) return `${model.name} + ${name}`;
  return `${model.name} + ${own.name}${name === undefined ? "" : ` (${name})`}`;
}
