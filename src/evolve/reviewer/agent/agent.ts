/** The `agent` reviewer: a model with tools, in our own loop. */
import type { ChatModel } from "../../../core/chat-model.ts";
import { ConfigError } from "../../../core/errors.ts";
import { hashJson } from "../../../core/hash.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { References } from "../references.ts";
import type { Reviewer } from "../reviewer.ts";
import { AgentSession } from "./session.ts";
import { type AgentSettings, type FullAgentSettings, fillSettings } from "./settings.ts";
import { systemText } from "./texts.ts";

export interface AgentReviewerOptions {
  /** Closed with the reviewer. */
  model: ChatModel;
  references: References;
  clock: Clock;
  settings?: AgentSettings | undefined;
}

/**
 * Named `agent:` and the model's name. Throws `ConfigError`: `no-tools` for a model whose provider has no tool calls, `bad-setting` for a
 * reply limit that leaves the model's context no room.
 */
export function createAgentReviewer({ model, references, clock, settings: given }: AgentReviewerOptions): Reviewer {
  const name = `agent:${model.identity.name}`;
  const { chatWithTools } = model;
  if (chatWithTools === undefined) {
    throw new ConfigError(
      `${name}: the provider of ${model.identity.name} has no tool calls. Use a model of openai, vllm, llama-server, ollama or anthropic, or the reviewer "catalogue".`,
      { code: "no-tools" },
    );
  }
  const settings = completeSettings(model, given ?? {});
  const asked = { identity: model.identity, chatWithTools: chatWithTools.bind(model) };
  const identity = JSON.parse(JSON.stringify(model.identity)) as JsonObject;
  return {
    identity: { name, details: { model: identity, ...settings, instructions: hashJson(systemText) } },
    open: async (task) => new AgentSession({ model: asked, settings, task, clock }, references),
    close: () => model.close(),
  };
}

function completeSettings(model: ChatModel, given: AgentSettings): FullAgentSettings {
  const { contextTokens } = model.identity;
  const { fixedSampling } = model.capabilities;
  const full = fillSettings(given, { contextTokens, fixedSampling });
  if (contextTokens === undefined || full.maxTokens < contextTokens) return full;
  throw new ConfigError(
    `agent:${model.identity.name} cannot write replies of ${full.maxTokens} tokens (maxTokens): the context has ${contextTokens}. Allow fewer, or use a larger context.`,
    { code: "bad-setting" },
  );
}
