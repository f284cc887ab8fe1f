/**
 * What was found when an adapter was loaded and looked at (docs/models.md), kept in the home:
 * `checks/adapters/NAME/KEY.json`, the last one for each model that served it. The folder can be deleted. Not in records: no two servers give the same
 * numbers, and equal work gives equal records.
 */
import { join } from "node:path";
import * as v from "valibot";
import type { ModelIdentity } from "../../core/chat-model.ts";
import { Hash, hashJson } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { App } from "../app.ts";
import { readChecks } from "./read-checks.ts";

export const AdapterCheck = v.object({
  schema: v.literal("automem.adapter-check/1"),
  adapter: Hash,
  /** What served it. */
  model: v.string(),
  digest: v.optional(v.string()),
  automemVersion: v.string(),
  /** ISO 8601, UTC. */
  date: v.string(),
  passed: v.boolean(),
  method: v.picklist(["log-probabilities", "greedy-text"]),
  /** Distances in [0, 1]: src/inference/adapters/verify.ts. */
  apart: v.number(),
  mixed: v.number(),
  control: v.number(),
});
export type AdapterCheck = v.InferOutput<typeof AdapterCheck>;

/** What of a verification is kept. */
export const VerificationFigures = v.object({
  method: AdapterCheck.entries.method,
  apart: v.number(),
  mixed: v.number(),
  control: v.number(),
});

/** Throws what the file system throws. */
export async function keepAdapterCheck(
  app: App,
  { name: model, digest }: ModelIdentity,
  adapter: Hash,
  found: v.InferOutput<typeof VerificationFigures> & { passed: boolean },
): Promise<void> {
  const check: AdapterCheck = {
    schema: "automem.adapter-check/1",
    adapter,
    model,
    ...(digest === undefined ? {} : { digest }),
    automemVersion: app.version,
    date: new Date(app.clock.nowMs()).toISOString(),
    ...found,
  };
  const key = hashJson({ model, digest: digest ?? null }).slice(0, 32);
  await writeAtomic(join(folderOf(app, adapter), `${key}.json`), `${JSON.stringify(check, undefined, 2)}\n`);
}

/** Newest first. What cannot be read is left out: an adapter is looked at whenever it is loaded. */
export async function adapterChecks(app: App, adapter: Hash): Promise<AdapterCheck[]> {
  const checks = await readChecks(folderOf(app, adapter), AdapterCheck);
  return checks.sort((one, other) => (one.date < other.date ? 1 : -1));
}

function folderOf({ home }: App, adapter: Hash): string {
  return join(home.checks, "adapters", adapter);
}
