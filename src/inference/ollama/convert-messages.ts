/** A chat call as Ollama's request. Pure. */
import type { ChatMessage, ChatOptions } from "../../core/chat-model.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import type { ModelSettings } from "../settings.ts";
import { parameterSchema } from "../tools/tool-schema.ts";

/** How long the server keeps the model in memory after a call. */
const KEEP_ALIVE = "30m";

interface WireMessage {
  role: string;
  content: string;
  tool_calls?: { function: { name: string; arguments: JsonObject } }[];
  /** Of a result: calls have no ids here. */
  tool_name?: string;
}

export interface OllamaRequest {
  model: string;
  messages: WireMessage[];
  tools?: { type: "function"; function: { name: string; description: string; parameters: JsonObject } }[];
  stream: true;
  keep_alive: string;
  /** Both false: a prompt that does not fit is an error, and the context never slides. Otherwise the server drops the head silently. */
  truncate: false;
  shift: false;
  /** JSON schema that the reply is held to. */
  format?: JsonObject;
  options: Record<string, number | string[]>;
}

/** What is not set is sent as "off", because the server has defaults of its own (top_k 40, top_p 0.9, repeat_penalty). */
export function toRequest(
  model: string,
  messages: readonly (ChatMessage | ToolMessage)[],
  { sampling, grammar }: Pick<ChatOptions, "sampling" | "grammar">,
  settings: ModelSettings,
  tools: readonly ToolSpec[] = [],
): OllamaRequest {
  const { temperature, maxTokens, topP, topK, minP, seed, stop } = sampling;
  return {
    model,
    messages: messages.map(toMessage),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    stream: true,
    keep_alive: KEEP_ALIVE,
    truncate: false,
    shift: false,
    ...(grammar?.form === "json-schema" ? { format: grammar.schema } : {}),
    options: {
      num_ctx: settings.contextTokens,
      num_predict: maxTokens,
      temperature,
      top_k: topK ?? 0,
      top_p: topP ?? 1,
      min_p: minP ?? 0,
      repeat_penalty: 1,
      ...(seed === undefined ? {} : { seed }),
      ...(stop === undefined ? {} : { stop }),
      ...(settings.threads === undefined ? {} : { num_thread: settings.threads }),
      ...(settings.numGpu === undefined ? {} : { num_gpu: settings.numGpu }),
    },
  };
}

/** A malformed call goes back without arguments: its answer says what was wrong. */
function toMessage(message: ChatMessage | ToolMessage): WireMessage {
  const { role, content } = message;
  if (role === "tool") return { role, content, tool_name: message.name };
  const calls = "calls" in message ? message.calls : [];
  if (calls.length === 0) return { role, content };
  const written = calls.map((call) => ({
    function: { name: call.name, arguments: call.kind === "call" ? call.arguments : {} },
  }));
  return { role, content, tool_calls: written };
}

function toTool(tool: ToolSpec): NonNullable<OllamaRequest["tools"]>[number] {
  const { name, description } = tool;
  return { type: "function", function: { name, description, parameters: parameterSchema(tool) } };
}
