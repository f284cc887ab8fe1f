/** A model that can be told of tools, with the settings it is asked with. */
import type { ChatModel } from "../../core/chat-model.ts";
import { ConfigError } from "../../core/errors.ts";
import type { ChatWithTools } from "../../core/tool-calls.ts";
import { type AgentSettings, type FullAgentSettings, fillSettings } from "./settings.ts";

export interface ToolModel {
  readonly identity: ChatModel["identity"];
  readonly chatWithTools: ChatWithTools;
  readonly settings: FullAgentSettings;
}

/**
 * `name`: who asks, as the user named it (`agent:ollama:qwen3`); `instead`: what can be used without a model, in quotes. Throws `ConfigError`:
 * `no-tools` for a model whose provider has no tool calls, `bad-setting` for a reply limit that leaves the model's context no room.
 */
export function toolModel(
  model: ChatModel,
  asked: { name: string; instead: string; settings?: AgentSettings | undefined },
): ToolModel {
  const { identity, capabilities, chatWithTools } = model;
  if (chatWithTools === undefined) {
    throw new ConfigError(
      `${asked.name}: the provider of ${identity.name} has no tool calls. Use a model of openai, vllm, llama-server, ollama or anthropic, or ${asked.instead}.`,
      { code: "no-tools" },
    );
  }
  const { contextTokens } = identity;
  const settings = fillSettings(asked.settings ?? {}, { contextTokens, fixedSampling: capabilities.fixedSampling });
  if (contextTokens !== undefined && settings.maxTokens >= contextTokens) {
    throw new ConfigError(
      `${asked.name} cannot write replies of ${settings.maxTokens} tokens (maxTokens): the context has ${contextTokens}. Allow fewer, or use a larger context.`,
      { code: "bad-setting" },
    );
  }
  return { identity, settings, chatWithTools: chatWithTools.bind(model) };
}
