/**
 * Which plugins are installed, and where their parts are.
 *
 * `<home>/plugins/<name>/installed.json` names a folder `builds/<id>/` with `source/` (and, for Python, `env/`). It is written last, so a plugin
 * is listed whole or not at all. `assets/` and `certificate.json` stand beside it.
 */

import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { ConfigError, PluginError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import { writeAtomic } from "../platform/atomic-write.ts";
import { acquireLock } from "../platform/file-lock.ts";
import { namesIn } from "../platform/names-in.ts";
import { type PluginManifest, PluginName, parseManifest } from "./manifest.ts";

export const InstalledRecord = v.object({
  schema: v.literal("automem.installed/1"),
  name: PluginName,
  version: v.string(),
  kind: v.picklist(["game", "engine", "trainer"]),
  /** What was given to `plugin add`: `crafter`, a folder, a URL. */
  origin: v.string(),
  /** Content hash of the plugin's source. */
  contentHash: Hash,
  /** Content hash of the Python SDK it was installed with; null for a plugin that is not Python. */
  sdkHash: v.nullable(Hash),
  /** Folder under `builds/`. */
  build: v.pipe(v.string(), v.regex(/^[0-9a-z-]+$/)),
  automemVersion: v.string(),
  /** ISO 8601, UTC. */
  installedAt: v.string(),
});
export type InstalledRecord = v.InferOutput<typeof InstalledRecord>;

/** A plugin that is ready to be started. All paths are absolute. */
export interface InstalledPlugin {
  record: InstalledRecord;
  manifest: PluginManifest;
  paths: PluginPaths;
}

export interface PluginPaths {
  root: string;
  source: string;
  /** Python's virtual environment. */
  environment: string;
  assets: string;
  certificate: string;
}

/** What cannot be listed, and why. */
export interface BrokenPlugin {
  name: string;
  problem: string;
}

export class PluginRegistry {
  /** `<home>/plugins`. */
  readonly folder: string;

  constructor(home: string) {
    this.folder = join(home, "plugins");
  }

  rootOf(name: string): string {
    return join(this.folder, name);
  }

  pathsOf(name: string, build: string): PluginPaths {
    const root = this.rootOf(name);
    return {
      root,
      source: join(root, "builds", build, "source"),
      environment: join(root, "builds", build, "env"),
      assets: join(root, "assets"),
      certificate: join(root, "certificate.json"),
    };
  }

  /** Installed plugins by name; those whose record or files are damaged come apart from the whole ones. */
  async list(): Promise<{ plugins: InstalledPlugin[]; broken: BrokenPlugin[] }> {
    const plugins: InstalledPlugin[] = [];
    const broken: BrokenPlugin[] = [];
    for (const name of (await namesIn(this.folder)).sort()) {
      if (!v.is(PluginName, name)) continue;
      try {
        const plugin = await this.find(name);
        if (plugin !== undefined) plugins.push(plugin);
      } catch (cause) {
        if (!(cause instanceof PluginError)) throw cause;
        broken.push({ name, problem: cause.message });
      }
    }
    return { plugins, broken };
  }

  /** `undefined` if it is not installed. Throws `PluginError` (`broken-install`) if what is there cannot be used. */
  async find(name: string): Promise<InstalledPlugin | undefined> {
    const text = await readText(join(this.rootOf(name), "installed.json"));
    if (text === undefined) return undefined;
    const broken = (problem: string, cause?: unknown) =>
      new PluginError(
        `The installed plugin ${name} is damaged (${problem}). Install it again: automem plugin add ${name} --force`,
        {
          code: "broken-install",
          cause,
        },
      );
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw broken("installed.json is not JSON", cause);
    }
    const record = v.safeParse(InstalledRecord, value);
    if (!record.success || record.output.name !== name) throw broken("installed.json does not fit");
    const paths = this.pathsOf(name, record.output.build);
    const manifest = await readText(join(paths.source, "plugin.json"));
    if (manifest === undefined) throw broken("its source is gone");
    return { record: record.output, manifest: parseManifest(manifest, join(paths.source, "plugin.json")), paths };
  }

  /** Throws `ConfigError` (`plugin-missing`), with the command that installs it, if it is not installed. */
  async need(name: string): Promise<InstalledPlugin> {
    const plugin = v.is(PluginName, name) ? await this.find(name) : undefined;
    if (plugin !== undefined) return plugin;
    throw new ConfigError(`Plugin "${name}" is not installed. Install it: automem plugin add ${name}`, {
      code: "plugin-missing",
    });
  }

  /** Makes a build the installed one. The last step of an installation. */
  async commit(record: InstalledRecord): Promise<void> {
    await writeAtomic(join(this.rootOf(record.name), "installed.json"), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Removes builds that `installed.json` does not name: what is left of older versions and of interrupted installations. */
  async sweep(name: string): Promise<void> {
    const text = await readText(join(this.rootOf(name), "installed.json"));
    const kept = text === undefined ? undefined : /"build":\s*"([0-9a-z-]+)"/.exec(text)?.[1];
    const builds = join(this.rootOf(name), "builds");
    for (const build of await namesIn(builds)) {
      if (build !== kept) await removeFolder(join(builds, build));
    }
  }

  /** Unlists and deletes a plugin with its assets. False if it was not there. Throws `PluginError` (`busy`) while it is being installed. */
  async remove(name: string): Promise<boolean> {
    if (!v.is(PluginName, name)) return false;
    return this.whileLocked(name, "removing", async () => {
      const names = await namesIn(this.folder);
      if (!names.includes(name)) return false;
      await rm(join(this.rootOf(name), "installed.json"), { force: true });
      const doomed = join(this.folder, `.removed-${name}-${crypto.randomUUID().slice(0, 8)}`);
      await rename(this.rootOf(name), doomed);
      await removeFolder(doomed);
      return true;
    });
  }

  /** Runs `work` while nobody else installs or removes this plugin. Throws `PluginError` (`busy`) if somebody does. */
  async whileLocked<T>(name: string, purpose: string, work: () => Promise<T>): Promise<T> {
    await mkdir(this.folder, { recursive: true });
    const lock = await acquireLock(join(this.folder, `.${name}.lock`), purpose);
    if ("heldBy" in lock) {
      const { pid, purpose: doing, since } = lock.heldBy;
      throw new PluginError(
        `Plugin ${name} is in use by another automem (process ${pid}, ${doing} since ${since}). Try again when it is done.`,
        {
          code: "busy",
          retryable: true,
        },
      );
    }
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }
}

/** A helper of an installer that was killed may write into it for a moment longer; then it is tried again, for about five seconds. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
