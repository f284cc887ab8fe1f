/**
 * `automem plugin verify NAME --golden FILE...`: recorded episodes replayed through an installed game.
 * A recording made with level files of its own names their folder in `meta.boxoban_dir`; where a folder of that name with `levels/` stands above the
 * recording, those levels are used instead of the installed asset.
 */
import { mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { ConfigError } from "../core/errors.ts";
import { formatDifference } from "../plugins/golden/format-difference.ts";
import { type GoldenResult, verifyGolden } from "../plugins/golden/verify-golden.ts";
import { launchOf } from "../plugins/launch.ts";
import type { App } from "./app.ts";

export type { GoldenResult } from "../plugins/golden/verify-golden.ts";

export interface GoldenRequest {
  files: readonly string[];
  /** Folder used as the plugin's assets for every file. */
  assets?: string | undefined;
  /** Game processes at a time. */
  parallel: number;
  onResult?: ((result: GoldenResult) => void) | undefined;
}

/** One result a file, in the order given. Throws `ConfigError` (`plugin-missing`, `no-golden`). */
export async function replayGolden(app: App, name: string, request: GoldenRequest): Promise<GoldenResult[]> {
  if (request.files.length === 0) throw new ConfigError("No golden files were given.", { code: "no-golden" });
  const plugin = await app.registry.need(name);
  const scratch = await mkdtemp(join(tmpdir(), "automem-golden-"));
  try {
    const groups = new Map<string | undefined, string[]>();
    for (const file of request.files) {
      const assets = request.assets ?? (await levelsBeside(file, scratch));
      groups.set(assets, [...(groups.get(assets) ?? []), file]);
    }
    const results = new Map<string, GoldenResult>();
    for (const [assets, files] of groups) {
      const launch = launchOf(plugin.manifest, plugin.paths, {
        environment: app.environment,
        ...(assets === undefined ? {} : { assetsFolder: resolve(assets) }),
      });
      const { parallel, onResult } = request;
      for (const result of await verifyGolden(launch, files, { automemVersion: app.version, parallel, onResult })) {
        results.set(result.file, result);
      }
    }
    return request.files.map((file) => results.get(file)!);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
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

/** An assets folder made for the level files that a recording names, if they stand above it. */
async function levelsBeside(file: string, scratch: string): Promise<string | undefined> {
  const named = await boxobanFolder(file);
  if (named === undefined) return undefined;
  for (let folder = dirname(resolve(file)); folder !== dirname(folder); folder = dirname(folder)) {
    const levels = join(folder, "levels");
    if (basename(folder) !== named || !(await isFolder(levels))) continue;
    const assets = join(scratch, Bun.hash(levels).toString(36));
    if (!(await isFolder(assets))) {
      await mkdir(assets);
      await symlink(levels, join(assets, "boxoban-levels"), "dir");
    }
    return assets;
  }
  return undefined;
}

/** `meta.boxoban_dir` of a recording; `undefined` if it has none or is no recording, which the replay then reports. */
async function boxobanFolder(file: string): Promise<string | undefined> {
  try {
    const bytes = await Bun.file(file).bytes();
    const text = new TextDecoder().decode(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
    const meta: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
    const named = (meta as { boxoban_dir?: unknown }).boxoban_dir;
    return typeof named === "string" ? named : undefined;
  } catch (unreadable) {
    if (unreadable instanceof Error) return undefined;
    throw unreadable;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
