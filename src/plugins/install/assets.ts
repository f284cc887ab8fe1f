/** Data that a plugin needs and its source does not carry (levels, maps): downloaded, or given by the user as a file or folder. */
import { createWriteStream } from "node:fs";
import { cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { attribute, ConfigError, messageOf, PluginError } from "../../core/errors.ts";
import { unpackTarGz } from "../../platform/unpack-tar.ts";
import type { PluginAsset, PluginManifest } from "../manifest.ts";
import type { InstallListener } from "./events.ts";

/** Where an asset comes from. */
export type AssetSource =
  | { kind: "given"; path: string }
  | { kind: "download"; url: string }
  | { kind: "present" }
  | { kind: "none" };

export interface AssetStep {
  asset: PluginAsset;
  from: AssetSource;
}

/** The one network call of this part. */
export type Fetch = (url: string, init: { signal?: AbortSignal; redirect: "follow" }) => Promise<Response>;

export interface AssetContext {
  /** `<home>/plugins/<name>/assets`. */
  folder: string;
  fetch: Fetch;
  listener: InstallListener;
  signal?: AbortSignal | undefined;
}

const stallMs = 60_000;

/**
 * Decides for each asset of the manifest where it comes from: what the user gives wins, then what is there, then the download.
 * `given` are paths, or `NAME=PATH` where a plugin has several. Throws `ConfigError` (`bad-asset`) for one that does not fit.
 */
export async function planAssets(
  manifest: PluginManifest,
  given: readonly string[],
  folder: string,
): Promise<AssetStep[]> {
  const paths = new Map<string, string>();
  for (const text of given) {
    const [name, path] = splitGiven(text, manifest);
    if ((await stat(path).catch(() => undefined)) === undefined)
      throw new ConfigError(`Asset ${name}: there is no ${path}.`, { code: "bad-asset" });
    paths.set(name, path);
  }
  const present = await readdir(folder).catch((): string[] => []);
  return manifest.assets.map((asset) => {
    const path = paths.get(asset.name);
    if (path !== undefined) return { asset, from: { kind: "given", path } };
    if (present.includes(asset.name)) return { asset, from: { kind: "present" } };
    return { asset, from: asset.url === undefined ? { kind: "none" } : { kind: "download", url: asset.url } };
  });
}

/**
 * Puts the assets in place, each as a folder `<folder>/<asset name>/` that is whole or absent; returns how many are new. One that cannot be had is a warning, or a
 * `PluginError` (`asset-missing`) where the plugin is of no use without it. Throws `PluginError` (`bad-asset`) for a wrong checksum or archive.
 */
export async function bringAssets(steps: readonly AssetStep[], context: AssetContext): Promise<number> {
  let brought = 0;
  await removePartial(context.folder);
  for (const { asset, from } of steps) {
    const name = asset.name;
    if (from.kind === "present") continue;
    if (from.kind === "none") {
      leaveOut(asset, "it cannot be downloaded and must be given by hand", context);
      continue;
    }
    const partial = join(context.folder, `.partial-${name}`);
    const content = join(partial, "content");
    await mkdir(content, { recursive: true });
    try {
      if (from.kind === "given") {
        context.listener({ phase: "assets", message: `${name}: taking ${from.path}` });
        await takeGiven(asset, from.path, content);
      } else {
        const file = join(partial, basename(new URL(from.url).pathname) || "download");
        const problem = await download(asset, from.url, file, context);
        if (problem !== undefined) {
          leaveOut(asset, problem, context);
          continue;
        }
        await takeFile(asset, file, content);
      }
      await rm(join(context.folder, name), { recursive: true, force: true });
      await rename(content, join(context.folder, name));
      brought++;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return brought;
}

function splitGiven(text: string, manifest: PluginManifest): [name: string, path: string] {
  const names = manifest.assets.map((asset) => asset.name);
  const equals = text.indexOf("=");
  if (equals > 0 && names.includes(text.slice(0, equals)))
    return [text.slice(0, equals), resolve(text.slice(equals + 1))];
  if (names.length === 1) return [names[0]!, resolve(text)];
  const hint = names.length === 0 ? "it has no assets" : `say which: ${names.map((name) => `${name}=PATH`).join(", ")}`;
  throw new ConfigError(`Plugin ${manifest.name}: asset "${text}" cannot be placed; ${hint}.`, { code: "bad-asset" });
}

function leaveOut(asset: PluginAsset, problem: string, context: AssetContext): void {
  const bring = `--assets ${asset.name}=FILE`;
  if (asset.needed) {
    throw new PluginError(
      `Asset ${asset.name} (${asset.description}) is needed, and ${problem}. Give it by hand: ${bring}`,
      {
        code: "asset-missing",
        retryable: true,
      },
    );
  }
  const tasks = asset.tasks.length === 0 ? "what needs it" : asset.tasks.join(", ");
  context.listener({
    phase: "assets",
    warning: true,
    message: `${asset.name} is left out: ${problem}. ${tasks} will not work until it is given: add again with ${bring}`,
  });
}

async function takeGiven(asset: PluginAsset, path: string, content: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    // Links inside would point elsewhere once copied, so what they point to is copied.
    await cp(path, content, { recursive: true, dereference: true });
  } else {
    await takeFile(asset, path, content);
  }
}

async function takeFile(asset: PluginAsset, file: string, content: string): Promise<void> {
  if (asset.sha256 !== undefined) {
    const actual = await hashFile(file);
    if (actual !== asset.sha256) {
      throw new PluginError(`Asset ${asset.name}: ${file} has SHA-256 ${actual}, expected ${asset.sha256}.`, {
        code: "bad-asset",
      });
    }
  }
  if (!/\.(tar\.gz|tgz)$/.test(file)) return cp(file, join(content, basename(file)));
  await attribute(
    async () => {
      await unpackTarGz(file, content);
    },
    (cause) => new PluginError(`Asset ${asset.name}: ${messageOf(cause)}`, { code: "bad-asset", cause }),
  );
}

/** What went wrong, as a clause; `undefined` if the file is there. A cancelled download throws. */
async function download(
  asset: PluginAsset,
  url: string,
  file: string,
  context: AssetContext,
): Promise<string | undefined> {
  context.listener({ phase: "assets", message: `${asset.name}: downloading from ${new URL(url).host}` });
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(new Error("no data for a minute")), stallMs);
  try {
    const signal = context.signal === undefined ? stalled.signal : AbortSignal.any([stalled.signal, context.signal]);
    const response = await context.fetch(url, { signal, redirect: "follow" });
    if (!response.ok || response.body === null) return `the download failed (HTTP ${response.status} from ${url})`;
    const length = Number(response.headers.get("content-length") ?? "");
    const total = Number.isInteger(length) && length > 0 ? { total: length } : {};
    let done = 0;
    let shown = 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(new Error("no data for a minute")), stallMs);
        done += chunk.length;
        if (done - shown > 1024 * 1024) {
          shown = done;
          context.listener({ phase: "assets", message: `${asset.name}: downloading`, done, ...total });
        }
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body as never), counted, createWriteStream(file));
    return undefined;
  } catch (cause) {
    if (context.signal?.aborted) throw new PluginError("The installation was cancelled.", { code: "cancelled", cause });
    return `the download failed (${messageOf(cause)}; is this machine offline?)`;
  } finally {
    clearTimeout(timer);
  }
}

async function hashFile(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}

async function removePartial(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.startsWith(".partial-")) await rm(join(folder, name), { recursive: true, force: true });
  }
}
