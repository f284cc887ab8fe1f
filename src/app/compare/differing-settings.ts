/** In what runs differ: each setting and identity by its path, where the values are not all equal. Pure. */
import { canonicalJson, type Json } from "../../core/json.ts";
import type { RunRecord } from "../../core/records.ts";

export interface DifferingSetting {
  /** `sampling.temperature`. */
  name: string;
  /** By run, as text; `undefined` where it is not set. */
  values: (string | undefined)[];
}

/** What the pairs of episodes say already, and what decides nothing. */
const leftOut = new Set([
  "seeds",
  "seedSet",
  "tasks",
  "model",
  "specialistModel",
  "specialist",
  "scaffold",
  "game",
  "preset",
]);

/** `scaffold` is its name and version. Sorted by name within model, scaffold, game, settings. */
export function differingSettings(
  runs: readonly { record: RunRecord; scaffold: string | undefined }[],
): DifferingSetting[] {
  const leaves = runs.map(({ record, scaffold }) => {
    const { seeds: _, ...settings } = record.settings;
    const kept = Object.entries(settings).filter(([name]) => !leftOut.has(name));
    const flat = new Map<string, string>();
    flatten("model", record.model as unknown as Json, flat);
    flatten("specialist", record.specialist as unknown as Json, flat);
    flat.set("scaffold", scaffold ?? "");
    flat.set("scaffold.hash", record.scaffold.slice(0, 12));
    flatten("game", record.game as unknown as Json, flat);
    flat.set("automem", record.automemVersion);
    for (const [name, value] of kept.sort(([one], [other]) => (one < other ? -1 : 1)))
      flatten(name, value as Json, flat);
    return flat;
  });
  return differing(leaves);
}

/** Of some things, each flat, the fields that are not equal in all; in the order in which they first appear. Pure. */
export function differing(flat: readonly ReadonlyMap<string, string>[]): DifferingSetting[] {
  const names = new Set(flat.flatMap((one) => [...one.keys()]));
  return [...names].flatMap((name) => {
    const values = flat.map((one) => one.get(name));
    return new Set(values).size > 1 ? [{ name, values }] : [];
  });
}

/** Leaves of a value by their paths below `path`, as text; lists are leaves. */
export function flatten(path: string, value: Json | undefined, into: Map<string, string>): void {
  if (value === undefined) return;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(`${path}.${key}`, inner, into);
  } else into.set(path, typeof value === "string" ? value : canonicalJson(value));
}
