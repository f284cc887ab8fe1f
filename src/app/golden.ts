/** `automem plugin verify NAME --golden FILE...`: recorded episodes replayed through an installed game. */
import { resolve } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { formatDifference } from "../plugins/golden/format-difference.ts";
import { type GoldenResult, verifyGolden } from "../plugins/golden/verify-golden.ts";
import { launchOf } from "../plugins/launch.ts";
import type { App } from "./app.ts";

export type { GoldenResult } from "../plugins/golden/verify-golden.ts";

export interface GoldenRequest {
  files: readonly string[];
  /** Folder used as the plugin's assets for every file, instead of the installed ones and of those that a recording names. */
  assets?: string | undefined;
  /** Game processes at a time. */
  parallel: number;
  onResult?: ((result: GoldenResult) => void) | undefined;
}

/** One result a file, in the order given. Throws `ConfigError` (`plugin-missing`, `no-golden`). */
export async function replayGolden(app: App, name: string, request: GoldenRequest): Promise<GoldenResult[]> {
  if (request.files.length === 0) throw new ConfigError("No golden files were given.", { code: "no-golden" });
  const plugin = await app.registry.need(name);
  return verifyGolden(launchOf(plugin.manifest, plugin.paths, { environment: app.environment }), request.files, {
    automemVersion: app.version,
    parallel: request.parallel,
    assetsFolder: request.assets === undefined ? undefined : resolve(request.assets),
    onResult: request.onResult,
  });
}

/** A result as lines for people; the first says the verdict. */
export function goldenLines(result: GoldenResult): string[] {
  switch (result.status) {
    case "passed":
      return [`equal      ${result.file} (${result.steps} steps)`];
    case "different":
      return [`DIFFERENT  ${result.file}`, ...formatDifference(result.difference).map((line) => `  ${line}`)];
    case "skipped":
      return [`skipped    ${result.file}: ${result.reason}`];
    case "failed":
      return [`FAILED     ${result.file}: ${result.reason}`];
  }
}
