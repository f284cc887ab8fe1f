/**
 * `plugin.json`: what a plugin says of itself. People write it, so it is read strictly: an unknown key is an error.
 * Documented for authors in docs/formats.md, "Plugin manifest".
 */

import * as v from "valibot";
import { PluginError } from "../core/errors.ts";
import { GameTask } from "../core/game.ts";
import { Json } from "../core/json.ts";

export const protocolVersion = 1;

/** Lower-case letters, digits and dashes; starts with a letter. Also the name of the plugin's folder. */
export const PluginName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "a plugin name is lower-case letters, digits and single dashes"),
  v.maxLength(64),
);
const Sentence = v.pipe(v.string(), v.minLength(1), v.maxLength(400));
const RelativePath = v.pipe(
  v.string(),
  v.minLength(1),
  v.check(
    (path) => !path.startsWith("/") && !path.includes("\\") && !path.split("/").includes(".."),
    "a path inside the plugin folder",
  ),
);

const PythonEntry = v.strictObject({
  runtime: v.literal("python"),
  /** Versions that work, as `>=3.11,<3.13`. */
  python: v.pipe(
    v.string(),
    v.regex(/^\s*(>=|<=|==|!=|>|<)\s*\d+(\.\d+)*(\s*,\s*(>=|<=|==|!=|>|<)\s*\d+(\.\d+)*)*\s*$/, "as >=3.11,<3.13"),
  ),
  /** `module:Class`, a subclass of `automem_sdk.Game`. */
  target: v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, "as module:Class")),
  /** Moment in UTC at which the game's clock stands still, for games that read it. */
  freezeClock: v.optional(
    v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, "as 2025-11-17 12:00:00")),
  ),
});

const BunEntry = v.strictObject({
  runtime: v.literal("bun"),
  /** TypeScript or JavaScript file, run by the Bun that is inside automem. */
  script: RelativePath,
});

export const SystemPackage = v.strictObject({
  /** Shared object as the loader knows it: `libGL.so.1`. */
  library: v.pipe(v.string(), v.minLength(1)),
  /** Debian's and Ubuntu's package that has it. */
  debian: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9+.-]+$/, "a Debian package name")),
  reason: Sentence,
});
export type SystemPackage = v.InferOutput<typeof SystemPackage>;

export const PluginAsset = v.strictObject({
  /** Name of its folder under the assets folder. */
  name: PluginName,
  description: Sentence,
  /** Where automem downloads it: a `.tar.gz`, unpacked, or any other file, kept under its own name. */
  url: v.optional(v.pipe(v.string(), v.url(), v.startsWith("https://"))),
  /** Of the downloaded file. */
  sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex"))),
  licence: Sentence,
  /** True: without it the plugin is of no use and is not installed. */
  needed: v.boolean(),
  /** Tasks that do not work without it. */
  tasks: v.optional(v.array(v.string()), []),
});
export type PluginAsset = v.InferOutput<typeof PluginAsset>;

export const PluginOption = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1)),
  description: Sentence,
  default: v.optional(Json),
});

export const PluginManifest = v.strictObject({
  schema: v.literal("automem.plugin/1"),
  name: PluginName,
  kind: v.picklist(["game", "engine", "trainer"]),
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+([-+.][0-9A-Za-z.+-]+)?$/, "as 1.2.3")),
  protocolVersion: v.literal(protocolVersion),
  title: Sentence,
  /** One line. */
  description: v.pipe(Sentence, v.regex(/^[^\n]*$/, "one line")),
  /** SPDX name. */
  licence: Sentence,
  entry: v.variant("runtime", [PythonEntry, BunEntry]),
  /** Python: the lock file, each line pinned and with hashes. */
  requirements: v.optional(RelativePath),
  /** Bun: npm package for each platform as `name@version`, where a package comes in one build a platform (`linux-x64`, `darwin-arm64`). */
  platformPackages: v.optional(
    v.record(v.string(), v.pipe(v.string(), v.regex(/^(@[^@/\s]+\/)?[^@/\s]+@\d[^\s]*$/, "as name@1.2.3"))),
  ),
  systemPackages: v.optional(v.array(SystemPackage), []),
  tasks: v.optional(v.array(v.strictObject(GameTask.entries)), []),
  options: v.optional(v.array(PluginOption), []),
  assets: v.optional(v.array(PluginAsset), []),
});
export type PluginManifest = v.InferOutput<typeof PluginManifest>;
export type PythonEntry = v.InferOutput<typeof PythonEntry>;
export type BunEntry = v.InferOutput<typeof BunEntry>;

/** Reads the text of a `plugin.json`; `from` names the file in errors. Throws `PluginError` (`bad-manifest`). */
export function parseManifest(text: string, from: string): PluginManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PluginError(`${from} is not JSON: ${String(cause)}`, { code: "bad-manifest", cause });
  }
  const parsed = v.safeParse(PluginManifest, value);
  if (!parsed.success) throw new PluginError(`${from}: ${describeIssues(parsed.issues)}`, { code: "bad-manifest" });
  return parsed.output;
}

/** The first three things wrong, each with its place. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const shown = issues.slice(0, 3).map((issue) => {
    const place = v.getDotPath(issue);
    return place === null ? issue.message : `${place}: ${issue.message}`;
  });
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : "";
  return `${shown.join("; ")}${more}`;
}
