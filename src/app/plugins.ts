/** What `automem plugin` does. */
import { ConfigError } from "../core/errors.ts";
import type { GameTask } from "../core/game.ts";
import { type Certificate, readCertificate, writeCertificate } from "../plugins/certificate.ts";
import { type AddOptions, type AddOutcome, addPlugin as add } from "../plugins/install/add.ts";
import { launchOf, pythonIn } from "../plugins/launch.ts";
import { type PluginManifest, parseManifest } from "../plugins/manifest.ts";
import { newPlugin } from "../plugins/new-plugin.ts";
import type { BrokenPlugin, InstalledPlugin } from "../plugins/registry.ts";
import { type VerifyOptions, verifyPlugin as verify } from "../plugins/verify.ts";
import { type App, addDependencies, firstPartyPlugins } from "./app.ts";

export type { Certificate } from "../plugins/certificate.ts";
export type { AddOptions, AddOutcome, InstallPlan } from "../plugins/install/add.ts";
export type { InstallEvent } from "../plugins/install/events.ts";

/** A plugin as `list` and `info` show it. */
export interface PluginSummary {
  name: string;
  title: string;
  kind: PluginManifest["kind"];
  version: string;
  description: string;
  licence: string;
  installed: boolean;
  /** Where it came from, its folders and its interpreter; installed ones only. */
  origin?: string;
  contentHash?: string;
  installedAt?: string;
  folder?: string;
  python?: string;
  assets?: string;
  tasks: readonly GameTask[];
  options: readonly { name: string; description: string; default?: unknown }[];
  certificate?: Certificate;
}

export interface PluginList {
  installed: PluginSummary[];
  /** First-party plugins that are not installed. */
  available: PluginSummary[];
  broken: BrokenPlugin[];
}

/** Installs a plugin. Faults: see `addPlugin` in src/plugins/install/add.ts. */
export async function addPlugin(app: App, options: AddOptions): Promise<AddOutcome> {
  return add(options, addDependencies(app, await firstPartyPlugins()));
}

export async function listPlugins(app: App): Promise<PluginList> {
  const { plugins, broken } = await app.registry.list();
  const installed = await Promise.all(plugins.map(summarise));
  const known = new Set([...installed, ...broken].map((plugin) => plugin.name));
  const available: PluginSummary[] = [];
  for (const name of await (await firstPartyPlugins()).names()) {
    if (!known.has(name)) available.push(await availableSummary(name));
  }
  return { installed, available, broken };
}

/** An installed plugin, or a first-party one that could be. Throws `ConfigError` (`plugin-missing`). */
export async function pluginInfo(app: App, name: string): Promise<PluginSummary> {
  const plugin = await app.registry.find(name);
  if (plugin) return summarise(plugin);
  if ((await (await firstPartyPlugins()).names()).includes(name)) return availableSummary(name);
  return summarise(await app.registry.need(name));
}

/** Throws `ConfigError` (`plugin-missing`) if it is not installed. */
export async function removePlugin(app: App, name: string): Promise<void> {
  if (!(await app.registry.remove(name))) {
    throw new ConfigError(`Plugin "${name}" is not installed. automem plugin list shows what is.`, {
      code: "plugin-missing",
    });
  }
}

/** Runs the conformance suite and the determinism check on an installed plugin and keeps the certificate. */
export async function verifyPlugin(
  app: App,
  name: string,
  options: Pick<VerifyOptions, "model" | "onResult">,
): Promise<Certificate> {
  const plugin = await app.registry.need(name);
  const launch = launchOf(plugin.manifest, plugin.paths, { environment: app.environment });
  const certificate = await verify(
    { manifest: plugin.manifest, contentHash: plugin.record.contentHash, launch },
    { ...options, automemVersion: app.version, clock: app.clock },
  );
  await writeCertificate(plugin.paths.certificate, certificate);
  return certificate;
}

/** Writes the template of a game plugin; the paths written. Throws `ConfigError` (`bad-plugin-name`, `folder-not-empty`). */
export async function writeNewPlugin(name: string, folder: string): Promise<string[]> {
  return newPlugin(name, folder, await firstPartyPlugins());
}

async function summarise(plugin: InstalledPlugin): Promise<PluginSummary> {
  const { manifest, paths, record } = plugin;
  const certificate = await readCertificate(paths.certificate, record.contentHash);
  return {
    ...fromManifest(manifest),
    installed: true,
    origin: record.origin,
    contentHash: record.contentHash,
    installedAt: record.installedAt,
    folder: paths.root,
    assets: paths.assets,
    ...(manifest.entry.runtime === "python" ? { python: pythonIn(paths.environment) } : {}),
    ...(certificate ? { certificate } : {}),
  };
}

async function availableSummary(name: string): Promise<PluginSummary> {
  const files = await (await firstPartyPlugins()).read(name);
  const text = new TextDecoder().decode(files?.get("plugin.json"));
  return { ...fromManifest(parseManifest(text, `plugins/${name}/plugin.json`)), installed: false };
}

function fromManifest(manifest: PluginManifest): Omit<PluginSummary, "installed"> {
  const { name, title, kind, version, description, licence, tasks, options } = manifest;
  return {
    name,
    title,
    kind,
    version,
    description,
    licence,
    tasks,
    options: options.map((option) => ({
      name: option.name,
      description: option.description,
      ...(option.default === undefined ? {} : { default: option.default }),
    })),
  };
}
