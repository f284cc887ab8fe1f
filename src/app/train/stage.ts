/** The models of a campaign as its loop asks for them: the base alone, or the base with an adapter that it loads, verifies and lets go. */
import type { AdapterRecord } from "../../core/adapter.ts";
import type { ChatModel } from "../../core/chat-model.ts";
import { TrainerError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { GenerateResult, Trainer, TrainResult } from "../../core/trainer.ts";
import type { ChatExample } from "../../core/training.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import type { Stage } from "../../train/campaign/parts.ts";
import type { TrainSettings } from "../../train/settings.ts";
import { adapterNamed } from "../adapters/adapters.ts";
import { useAdapter } from "../adapters/use.ts";
import type { App } from "../app.ts";
import { runDependencies } from "../play.ts";

export interface StageParts {
  app: App;
  /** Takes adapters while it runs. */
  model: ChatModel;
  settings: TrainSettings;
  scaffold: LoadedScaffold;
  /** The base's weights as the trainer reads them, and its cache. */
  basePath: string;
  cacheFolder: string;
  trainer(): Promise<Trainer>;
  signal: AbortSignal;
}

/**
 * Trainer and server may lawfully part where the trainer's choice between two tokens was as near as this (difference of log-probability): a
 * server that rounds otherwise takes the other one, and what follows is another text. Measured with a base in Q4_1: docs/train.md.
 */
export const nearTie = 0.2;

export function createStage(parts: StageParts): Stage {
  const { app, model, settings, scaffold, signal } = parts;
  const served = new Set<Hash>();
  const serve = async (adapter: AdapterRecord) => {
    if (served.has(adapter.name)) return;
    await useAdapter(app, model, adapter);
    served.add(adapter.name);
  };
  return {
    serve,
    player: (adapter) => ({
      name: adapter ?? "base-alone",
      scaffold: scaffold.hash,
      settings: { specialist: adapter },
      dependencies: async () => {
        if (adapter !== undefined) await serve((await adapterNamed(app, adapter)).adapter);
        const specialist = adapter === undefined ? undefined : { model, adapter };
        return runDependencies(app, settings.play.game, scaffold, { model, specialist }, { signal });
      },
    }),
    release: async (adapter) => {
      served.delete(adapter);
      await model.adapters?.unload(adapter);
    },
    parity: async (adapter, trained, prompts) => {
      const own = await trainersReplies(parts, trained, prompts);
      if (own === undefined) return undefined;
      await serve(adapter);
      const parity = { equal: 0, of: 0 };
      for (const [index, prompt] of prompts.entries()) {
        const { text, leastMargin } = own.replies[index]!;
        const equal = (await servedReply(parts, adapter.name, prompt)) === text;
        if (equal) parity.equal += 1;
        if (equal || leastMargin >= nearTie) parity.of += 1;
      }
      return parity;
    },
  };
}

/** `undefined` for a trainer that cannot generate. */
async function trainersReplies(
  { settings, basePath, cacheFolder, trainer, signal }: StageParts,
  { adapter }: TrainResult,
  prompts: readonly ChatExample["prompt"][],
): Promise<GenerateResult | undefined> {
  const request = {
    base: basePath,
    adapter: adapter.folder,
    prompts: prompts.map((prompt) => [...prompt]),
    maxTokens: settings.play.sampling.maxTokens,
    cache: cacheFolder,
  };
  try {
    return await (await trainer()).generate(request, { timeoutMs: 1000 * settings.trainingSeconds, signal });
  } catch (fault) {
    if (fault instanceof TrainerError && fault.code === "method-not-found") return undefined;
    throw fault;
  }
}

async function servedReply(
  { model, settings, signal }: StageParts,
  adapter: Hash,
  prompt: ChatExample["prompt"],
): Promise<string> {
  const { sampling, agent } = settings.play;
  const reply = await model.chat(prompt, {
    sampling: { temperature: 0, maxTokens: sampling.maxTokens },
    cacheKey: `parity/${adapter.slice(0, 16)}/plan`,
    adapter,
    timeoutMs: agent.callTimeoutMs,
    signal,
  });
  return reply.text;
}
