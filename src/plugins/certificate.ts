/**
 * What `plugin verify` found, kept as `certificate.json` beside the installed plugin.
 * Documented in docs/formats.md, "Certificate".
 */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { Hash } from "../core/hash.ts";
import { writeAtomic } from "../platform/atomic-write.ts";
import { PluginName } from "./manifest.ts";

export const Certificate = v.object({
  schema: v.literal("automem.certificate/1"),
  plugin: PluginName,
  version: v.string(),
  kind: v.picklist(["game", "engine", "trainer"]),
  /** Of the source that was checked. */
  contentHash: Hash,
  automemVersion: v.string(),
  /** `linux-x64`. */
  platform: v.string(),
  /** ISO 8601, UTC. */
  date: v.string(),
  /** Every check passed or was skipped with a reason, and every episode was the same twice. */
  passed: v.boolean(),
  packages: v.record(v.string(), v.string()),
  checks: v.array(
    v.object({
      name: v.string(),
      sentence: v.string(),
      status: v.picklist(["passed", "failed", "skipped"]),
      detail: v.optional(v.string()),
    }),
  ),
  /** Games only. */
  determinism: v.optional(
    v.object({
      clockFrozen: v.nullable(v.boolean()),
      notes: v.array(v.string()),
      episodes: v.array(
        v.object({
          task: v.string(),
          seed: v.number(),
          steps: v.number(),
          hash: Hash,
          equal: v.boolean(),
          difference: v.optional(v.string()),
        }),
      ),
    }),
  ),
});
export type Certificate = v.InferOutput<typeof Certificate>;

export async function writeCertificate(path: string, certificate: Certificate): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(certificate, null, 2)}\n`);
}

/** The certificate of exactly this source; `undefined` if there is none, it is of another version, or it cannot be read. */
export async function readCertificate(path: string, contentHash: Hash): Promise<Certificate | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
  const parsed = v.safeParse(Certificate, value);
  return parsed.success && parsed.output.contentHash === contentHash ? parsed.output : undefined;
}

/** The failed checks and unequal episodes, one line each. */
export function failuresOf(certificate: Certificate): string[] {
  const checks = certificate.checks
    .filter((check) => check.status === "failed")
    .map((check) => `${check.name} (${check.sentence}): ${check.detail ?? "failed"}`);
  const episodes = (certificate.determinism?.episodes ?? [])
    .filter((episode) => !episode.equal)
    .map((episode) => `determinism, task ${episode.task}, seed ${episode.seed}: ${episode.difference ?? "differs"}`);
  return [...checks, ...episodes];
}
