/**
 * The real engine and the real model for tests, from the home in AUTOMEM_TEST_HOME, where `automem plugin add llama-cpp` and
 * `automem model add smollm2-135m` were run (scripts/verify.ts does).
 */

import { ModelFiles } from "../../src/inference/model-files/model-files.ts";
import type { ProviderDeps } from "../../src/inference/settings.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openEngine } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";

export const REAL_MODEL = "smollm2-135m";

export interface RealModels {
  registry: PluginRegistry;
  files: ModelFiles;
  /** Absolute path of the weights. */
  gguf: string;
  deps: ProviderDeps;
}

/** What is there, or why nothing is. */
export async function findRealModels(home = process.env.AUTOMEM_TEST_HOME): Promise<RealModels | string> {
  if (home === undefined) return "AUTOMEM_TEST_HOME is not set: bun run verify prepares one";
  const registry = new PluginRegistry(home);
  const files = new ModelFiles(home, { fetch, clock: systemClock, env: process.env });
  const model = await files.find(REAL_MODEL);
  if (model === undefined) return `${home} has no model ${REAL_MODEL}: automem model add ${REAL_MODEL}`;
  if ((await registry.find("llama-cpp")) === undefined)
    return `${home} has no plugin llama-cpp: automem plugin add llama-cpp`;
  const deps: ProviderDeps = {
    startEngine: (start) =>
      openEngine(registry, "llama-cpp", start, { environment: process.env, automemVersion: "0.0.0" }),
    modelFiles: files,
    fetch,
    clock: systemClock,
    env: {},
  };
  return { registry, files, gguf: model.path, deps };
}
