/** A chat call as a request of the Messages API, version 2026-10-21. Pure. */
import type { ChatMessage, Sampling } from "../../core/chat-model.ts";
import { ProviderError } from "../../core/errors.ts";
import type { ReplyGrammar } from "../../core/grammar.ts";
import type { JsonObject } from "../../core/json.ts";

/** A prompt is cached up to each block that is marked so, for five minutes after its last use. */
interface TextBlock {
  type: "text";
  text: string;
  cache_control?: { type: "ephemeral" };
}

export interface Conversation {
  system?: TextBlock[];
  messages: { role: "system" | "user" | "assistant"; content: TextBlock[] }[];
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
}

/** The API takes no empty text; an empty reply in a conversation is shown as this. */
const NO_TEXT = "(no text)";

/** Throws `ProviderError` `refused` for sampling that the API has no field for. A seed is not sent. */
export function toRequest(messages: readonly ChatMessage[], parts: RequestParts): MessageRequest {
  const { maxTokens, stop } = parts.sampling;
  refuseSampling(parts.sampling, parts.modelName);
  return {
    model: parts.model,
    ...toConversation(messages),
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
export function toConversation(messages: readonly ChatMessage[]): Conversation {
  const headLength = messages.findIndex(({ role }) => role !== "system");
  const head = headLength < 0 ? messages : messages.slice(0, headLength);
  const rest = headLength < 0 ? [] : messages.slice(headLength);
  const system = head.map(({ content }) => block(content));
  const converted = rest.map(({ role, content }) => ({ role, content: [block(content)] }));
  mark(system.at(-1) ?? converted[0]?.content[0]);
  mark(converted.at(-1)?.content[0]);
  return { ...(system.length === 0 ? {} : { system }), messages: converted };
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

function mark(target: TextBlock | undefined): void {
  if (target !== undefined) target.cache_control = { type: "ephemeral" };
}
