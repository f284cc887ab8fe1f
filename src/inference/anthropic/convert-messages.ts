/** A chat call as a request of the Messages API, version 2026-10-21. Pure. */
import type { ChatMessage, Sampling } from "../../core/chat-model.ts";
import { ProviderError } from "../../core/errors.ts";
import type { ReplyGrammar } from "../../core/grammar.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import {
  type CacheMark,
  type ThoughtBlock,
  type ToolResultBlock,
  type ToolUseBlock,
  thoughtsOf,
  toToolResult,
  toTools,
  toToolUse,
  type WireTool,
} from "./tool-blocks.ts";

interface TextBlock extends CacheMark {
  type: "text";
  text: string;
}

type WireMessage =
  | { role: "system"; content: TextBlock[] }
  | { role: "user"; content: (TextBlock | ToolResultBlock)[] }
  | { role: "assistant"; content: (ThoughtBlock | TextBlock | ToolUseBlock)[] };

export interface Conversation {
  system?: TextBlock[];
  messages: WireMessage[];
  /** Before the system text in the cached prefix. */
  tools?: WireTool[];
}

export interface MessageRequest extends Conversation {
  model: string;
  stream: true;
  max_tokens: number;
  stop_sequences?: string[];
  thinking?: { type: "disabled" };
  output_config?: { format: { type: "json_schema"; schema: JsonObject } };
}

export interface RequestParts {
  model: string;
  /** As the user names it, for faults. */
  modelName: string;
  sampling: Sampling;
  grammar?: ReplyGrammar | undefined;
  /** Whether the model can be told not to think; thoughts would come out of `maxTokens`. */
  canDisableThinking: boolean;
  tools?: readonly ToolSpec[] | undefined;
}

/** The API takes no empty text; an empty reply in a conversation is shown as this. */
const NO_TEXT = "(no text)";

/** Throws `ProviderError` `refused` for sampling that the API has no field for. A seed is not sent. */
export function toRequest(messages: readonly AnyMessage[], parts: RequestParts): MessageRequest {
  const { maxTokens, stop } = parts.sampling;
  refuseSampling(parts.sampling, parts.modelName);
  return {
    model: parts.model,
    ...toConversation(messages, parts.tools),
    stream: true,
    max_tokens: maxTokens,
    ...(stop === undefined || stop.length === 0 ? {} : { stop_sequences: stop }),
    ...(parts.canDisableThinking ? { thinking: { type: "disabled" } } : {}),
    ...(parts.grammar?.form === "json-schema"
      ? { output_config: { format: { type: "json_schema", schema: parts.grammar.schema } } }
      : {}),
  };
}

/**
 * System messages at the beginning become the `system` field. Marked for the cache: the end of the head that never changes (the system text,
 * or the first message without one), so that every call of every step reads it; and the end of the conversation, for the next call of the step.
 */
export function toConversation(messages: readonly AnyMessage[], tools: readonly ToolSpec[] = []): Conversation {
  const headLength = messages.findIndex(({ role }) => role !== "system");
  const head = headLength < 0 ? messages : messages.slice(0, headLength);
  const rest = headLength < 0 ? [] : messages.slice(headLength);
  const system = head.map(({ content }) => block(content));
  const converted = joinResults(rest.map(toMessage));
  mark(system.at(-1) ?? converted[0]?.content[0]);
  mark(converted.at(-1)?.content.at(-1));
  return {
    ...(system.length === 0 ? {} : { system }),
    messages: converted,
    ...(tools.length === 0 ? {} : { tools: toTools(tools) }),
  };
}

type AnyMessage = ChatMessage | ToolMessage;

function toMessage(message: AnyMessage): WireMessage {
  if (message.role === "tool") return { role: "user", content: [toToolResult(message)] };
  if (message.role !== "assistant") return { role: message.role, content: [block(message.content)] };
  const calls = "calls" in message ? message.calls.map(toToolUse) : [];
  const thoughts = "carried" in message ? thoughtsOf(message.carried) : [];
  const spoken = message.content === "" && calls.length > 0 ? [] : [block(message.content)];
  return { role: "assistant", content: [...thoughts, ...spoken, ...calls] };
}

/** All results of one reply, and what the user says after them, stand in one message. */
function joinResults(messages: readonly WireMessage[]): WireMessage[] {
  const joined: WireMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const follows = last?.role === "user" && last.content.every(({ type }) => type === "tool_result");
    if (follows && message.role === "user") last.content.push(...message.content);
    else joined.push(message);
  }
  return joined;
}

/** Present models sample as they do; older versions of the API had these fields. */
function refuseSampling({ temperature, topP, topK, minP }: Sampling, modelName: string): void {
  const asked = Object.entries({ topP, topK, minP }).find(([, value]) => value !== undefined)?.[0];
  const what = temperature === 1 ? asked : `temperature ${temperature}`;
  if (what === undefined) return;
  throw new ProviderError(
    `${modelName} cannot be told how to sample (${what} was asked for): leave topP, topK and minP out and the temperature at 1.`,
    { code: "refused" },
  );
}

function block(text: string): TextBlock {
  return { type: "text", text: text === "" ? NO_TEXT : text };
}

function mark(target: TextBlock | ToolUseBlock | ToolResultBlock | ThoughtBlock | undefined): void {
  if (target !== undefined && target.type !== "thinking" && target.type !== "redacted_thinking")
    target.cache_control = { type: "ephemeral" };
}
