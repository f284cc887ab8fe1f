/** Models: the weights kept on this machine, and opening one to be asked. */
import type { ChatModel } from "../core/chat-model.ts";
import { ConfigError } from "../core/errors.ts";
import { parseModelName } from "../core/model-name.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { ModelFiles } from "../inference/model-files/model-files.ts";
import { openModel } from "../inference/providers.ts";
import { openEngine } from "../plugins/open.ts";
import type { App } from "./app.ts";

export type { AddOptions, AddResult, ModelList } from "../inference/model-files/model-files.ts";
export type { ModelProgress, StoredModel } from "../inference/model-files/record.ts";

/** Tokens of a conversation where nothing is said; a model trained on fewer gets its own number. */
const defaultContextTokens = 8192;

export function modelFiles(app: App): ModelFiles {
  return new ModelFiles(app.home.folder, { fetch, clock: app.clock, env: app.environment });
}

/**
 * The model of a run, ready to be asked; the caller closes it. Where no context was asked for, a model that cannot hold the default gets
 * what it can hold. Throws `ConfigError` or `ProviderError` that say what to do.
 */
export async function openRunModel(
  app: App,
  settings: Pick<RunSettings, "model" | "contextTokens" | "parallel">,
): Promise<ChatModel> {
  const name = parseModelName(settings.model);
  const files = modelFiles(app);
  const open = (contextTokens: number) =>
    openModel(
      name,
      // LOG and PLAN of each episode at a time keep a prefix cache of their own.
      { contextTokens, sequences: 2 * settings.parallel },
      {
        startEngine: (start) =>
          openEngine(app.registry, "llama-cpp", start, { automemVersion: app.version, environment: app.environment }),
        modelFiles: files,
        fetch,
        clock: app.clock,
        env: app.environment,
      },
    );
  if (settings.contextTokens !== undefined) return open(settings.contextTokens);
  const trained = name.provider === "llama-cpp" ? (await files.find(name.model))?.gguf.contextTokens : undefined;
  try {
    return await open(Math.min(defaultContextTokens, trained ?? defaultContextTokens));
  } catch (fault) {
    const most =
      fault instanceof ConfigError && fault.code === "context-too-large" ? fault.data.contextTokens : undefined;
    if (typeof most !== "number") throw fault;
    return open(most);
  }
}
