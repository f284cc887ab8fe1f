/** Models: the weights kept on this machine, and opening one to be asked. */
import { noGrammar } from "../agent/constraint.ts";
import type { Specialist } from "../agent/play-episode.ts";
import type { ChatModel } from "../core/chat-model.ts";
import { ConfigError } from "../core/errors.ts";
import { parseModelName } from "../core/model-name.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { ModelFiles } from "../inference/model-files/model-files.ts";
import { grammarProviders, openModel } from "../inference/providers.ts";
import { openEngine } from "../plugins/open.ts";
import { adapterNamed } from "./adapters/adapters.ts";
import { useAdapter } from "./adapters/use.ts";
import type { App } from "./app.ts";

export type { AddOptions, AddResult, ModelList } from "../inference/model-files/model-files.ts";
export type { ModelProgress, StoredModel } from "../inference/model-files/record.ts";

/** Who plays: a model alone, or a base model with a memory specialist. */
export interface PlayModels {
  model: ChatModel;
  specialist: Specialist | undefined;
}

/** Tokens of a conversation where nothing is said; a model trained on fewer gets its own number. */
const defaultContextTokens = 8192;

export function modelFiles(app: App): ModelFiles {
  return new ModelFiles(app.home.folder, { fetch, clock: app.clock, env: app.environment });
}

/**
 * Opens the models of a run for as long as `use` takes; an adapter is loaded and verified first. Throws what opening and `useAdapter` throw,
 * and `ConfigError` (`no-grammar`) for one that cannot hold its replies to a grammar where the settings ask for it.
 */
export async function withPlayModels<Result>(
  app: App,
  settings: Pick<RunSettings, "model" | "specialistModel" | "specialist" | "contextTokens" | "parallel" | "constrain">,
  use: (models: PlayModels) => Promise<Result>,
): Promise<Result> {
  const { specialistModel, specialist: adapter } = settings;
  const named = adapter === undefined ? undefined : (await adapterNamed(app, adapter)).adapter;
  // LOG is the specialist's alone, so the base model has PLAN only; as its own specialist it has all three.
  const heads = named === undefined ? (specialistModel === undefined ? bothPhases : 1) : bothPhases + 1;
  const model = await openRunModel(app, settings, heads);
  try {
    checkGrammar(settings, model);
    if (named !== undefined) {
      await useAdapter(app, model, named);
      return await use({ model, specialist: { model, adapter: named.name } });
    }
    if (specialistModel === undefined) return await use({ model, specialist: undefined });
    const specialist = await openRunModel(app, { ...settings, model: specialistModel });
    try {
      checkGrammar(settings, specialist);
      return await use({ model, specialist: { model: specialist } });
    } finally {
      await specialist.close();
    }
  } finally {
    await model.close();
  }
}

/** Throws `ConfigError` `no-grammar` where the settings ask for one and the model cannot be held to it. */
export function checkGrammar(
  { constrain }: Pick<RunSettings, "constrain">,
  { capabilities, identity }: ChatModel,
): void {
  if (constrain === true && capabilities.grammar === "none") throw noGrammar(identity.name, grammarProviders);
}

/** LOG and PLAN of an episode keep a prefix cache of their own. */
const bothPhases = 2;

/**
 * A model, ready to be asked; the caller closes it. Where no context was asked for, a model that cannot hold the default gets
 * what it can hold. Throws `ConfigError` or `ProviderError` that say what to do.
 */
export async function openRunModel(
  app: App,
  settings: Pick<RunSettings, "model" | "contextTokens" | "parallel">,
  headsPerEpisode = bothPhases,
): Promise<ChatModel> {
  const name = parseModelName(settings.model);
  const files = modelFiles(app);
  const open = (contextTokens: number) =>
    openModel(
      name,
      { contextTokens, sequences: headsPerEpisode * settings.parallel },
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
