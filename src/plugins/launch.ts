/** From a plugin's files to the command that starts it. Environment as docs/protocol.md says. */
import { join } from "node:path";
import { type Environment, pluginEnvironment, trainerEnvironment } from "./host-environment.ts";
import type { PluginManifest } from "./manifest.ts";
import type { Launch } from "./plugin-process.ts";
import type { PluginPaths } from "./registry.ts";

export interface LaunchOptions {
  /** The user's environment. */
  environment: Environment;
  /** Instead of the installed assets. */
  assetsFolder?: string | undefined;
  /** The Bun that runs engines; default: this program, which is or contains one. */
  bun?: string | undefined;
}

/** Pure. */
export function launchOf(manifest: PluginManifest, paths: PluginPaths, options: LaunchOptions): Launch {
  const env = {
    ...(manifest.kind === "trainer" ? trainerEnvironment : pluginEnvironment)(options.environment),
    AUTOMEM_PLUGIN_DIR: paths.source,
    AUTOMEM_ASSETS_DIR: options.assetsFolder ?? paths.assets,
  };
  const { name, entry } = manifest;
  if (entry.runtime === "bun") {
    const script = join(paths.source, entry.script);
    return {
      name,
      command: options.bun ?? process.execPath,
      args: ["--no-install", script],
      env: { ...env, BUN_BE_BUN: "1" },
    };
  }
  const freeze = entry.freezeClock === undefined ? [] : ["--freeze-clock", entry.freezeClock];
  const trainer = ["-m", "automem_sdk.launch_trainer", entry.target];
  return {
    name,
    command: pythonIn(paths.environment),
    args: manifest.kind === "trainer" ? trainer : ["-m", "automem_sdk.launch", ...freeze, entry.target],
    env: { ...env, PYTHONPATH: paths.source, PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0", TZ: "UTC" },
  };
}

/** The interpreter of a virtual environment. */
export function pythonIn(environment: string): string {
  return process.platform === "win32" ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}
