/** Starts installed plugins by name: what the rest of automem calls. */
import type { EngineStart } from "../core/engine.ts";
import { ConfigError } from "../core/errors.ts";
import { type EngineClient, type EngineLimits, startEngine } from "./engine-client.ts";
import { type GameClient, type GameLimits, startGame } from "./game-client.ts";
import { type LaunchOptions, launchOf } from "./launch.ts";
import type { PluginManifest } from "./manifest.ts";
import type { InstalledPlugin, PluginRegistry } from "./registry.ts";
import { startTrainer, type TrainerClient, type TrainerLimits } from "./trainer-client.ts";

export interface OpenOptions extends LaunchOptions {
  automemVersion: string;
}

/**
 * Starts a process of an installed game; the caller closes it.
 * Throws `ConfigError` (`plugin-missing`, `wrong-kind`), `PluginError` (`broken-install`) or `GameError`.
 */
export async function openGame(
  registry: PluginRegistry,
  name: string,
  options: OpenOptions & { limits?: Partial<GameLimits> },
): Promise<GameClient> {
  const { manifest, paths, record } = await needKind(registry, name, "game");
  const { automemVersion, limits } = options;
  return startGame(launchOf(manifest, paths, options), { automemVersion, pluginHash: record.contentHash, limits });
}

/** Starts a process of an installed engine with a model; the caller closes it. Throws as `openGame`, with `ProviderError`. */
export async function openEngine(
  registry: PluginRegistry,
  name: string,
  start: EngineStart,
  options: OpenOptions & { limits?: Partial<EngineLimits> },
): Promise<EngineClient> {
  const { manifest, paths } = await needKind(registry, name, "engine");
  const { automemVersion, limits } = options;
  return startEngine(launchOf(manifest, paths, options), start, { automemVersion, limits });
}

/** Starts a process of an installed trainer; the caller closes it. Throws as `openGame`, with `TrainerError`. */
export async function openTrainer(
  registry: PluginRegistry,
  name: string,
  options: OpenOptions & { limits?: Partial<TrainerLimits> },
): Promise<TrainerClient> {
  const { manifest, paths } = await needKind(registry, name, "trainer");
  const { automemVersion, limits } = options;
  return startTrainer(launchOf(manifest, paths, options), { automemVersion, limits });
}

async function needKind(
  registry: PluginRegistry,
  name: string,
  kind: PluginManifest["kind"],
): Promise<InstalledPlugin> {
  const plugin = await registry.need(name);
  if (plugin.manifest.kind === kind) return plugin;
  throw new ConfigError(`Plugin "${name}" is of kind ${plugin.manifest.kind}; a ${kind} is needed here.`, {
    code: "wrong-kind",
  });
}
