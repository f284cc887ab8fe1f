/**
 * What `automem model check` found, kept in the home: `checks/models/KEY.json`, one for each model and version of its weights. A later check of the same
 * takes its place. The folder can be deleted. Documented in docs/formats.md.
 */
import { join } from "node:path";
import * as v from "valibot";
import { hashJson } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { App } from "../app.ts";
import { readChecks } from "./read-checks.ts";

export const KeptModelCheck = v.object({
  schema: v.literal("automem.model-check/1"),
  /** As the user names it: `ollama:qwen2.5:7b`. */
  model: v.string(),
  /** Of its weights, where the server tells; absent too for one that was not reached. */
  digest: v.optional(v.string()),
  automemVersion: v.string(),
  /** ISO 8601, UTC. */
  date: v.string(),
  reachable: v.boolean(),
  lines: v.array(
    v.object({
      name: v.string(),
      status: v.picklist(["ok", "warn", "fail"]),
      found: v.string(),
      cost: v.string(),
    }),
  ),
});
export type KeptModelCheck = v.InferOutput<typeof KeptModelCheck>;

/** Throws what the file system throws. */
export async function keepModelCheck(app: App, check: Omit<KeptModelCheck, "schema" | "date" | "automemVersion">) {
  const kept: KeptModelCheck = {
    schema: "automem.model-check/1",
    ...check,
    automemVersion: app.version,
    date: new Date(app.clock.nowMs()).toISOString(),
  };
  const key = hashJson({ model: check.model, digest: check.digest ?? null }).slice(0, 32);
  await writeAtomic(join(folderOf(app), `${key}.json`), `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** Newest first. What cannot be read is left out: a check can be made again. */
export async function modelChecks(app: App): Promise<KeptModelCheck[]> {
  const checks = await readChecks(folderOf(app), KeptModelCheck);
  return checks.sort((one, other) => (one.date < other.date ? 1 : -1));
}

function folderOf({ home }: App): string {
  return join(home.checks, "models");
}
