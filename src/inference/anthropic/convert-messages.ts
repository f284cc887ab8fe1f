/** A chat call as a request of the Messages API. Pure. */
import type { ChatMessage, Sampling } from "../../core/chat-model.ts";
import { ProviderError } from "../../core/errors.ts";

/** A prompt is cached up to each block that is marked so, for five minutes after its last use. */
interface TextBlock {
  type: "text";
  text: string;
  cache_control?: { type: "ephemeral" };
}

export interface Conversation {
  system?: TextBlock[];
  messages: { role: "user" | "assistant"; content: TextBlock[] }[];
}

export interface MessageRequest extends Conversation {
  model: string;
  stream: true;
  max_tokens: number;
  temperature: number;
  top_p?: number;
  top_k?: number;
  stop_sequences?: string[];
}

/** The API takes no empty text; an empty reply in a conversation is shown as this. */
const NO_TEXT = "(no text)";

/** Throws `ProviderError` `refused` for what the API has no field for: minP, and a temperature above 1. A seed is not sent. */
export function toRequest(
  model: string,
  messages: readonly ChatMessage[],
  sampling: Sampling,
  modelName: string,
): MessageRequest {
  const { temperature, maxTokens, topP, topK, minP, stop } = sampling;
  if (minP !== undefined) throw refused(`${modelName} has no minP; leave it out, or use topP or topK.`);
  if (temperature > 1) throw refused(`${modelName} takes temperatures from 0 to 1, not ${temperature}.`);
  return {
    model,
    ...toConversation(messages, modelName),
    stream: true,
    max_tokens: maxTokens,
    temperature,
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop_sequences: stop }),
  };
}

/**
 * System messages at the beginning become the `system` field. Marked for the cache: the end of the head that never changes (the system text,
 * or the first message without one), so that every call of every step reads it; and the end of the conversation, for the next call of the step.
 */
export function toConversation(messages: readonly ChatMessage[], modelName: string): Conversation {
  const headLength = messages.findIndex(({ role }) => role !== "system");
  const head = headLength < 0 ? messages : messages.slice(0, headLength);
  const rest = headLength < 0 ? [] : messages.slice(headLength);
  const converted = rest.map(({ role, content }) => {
    if (role === "system") throw refused(`${modelName} takes system messages only at the beginning of a conversation.`);
    return { role, content: [block(content)] };
  });
  const system = head.map(({ content }) => block(content));
  mark(system.at(-1) ?? converted[0]?.content[0]);
  mark(converted.at(-1)?.content[0]);
  return { ...(system.length === 0 ? {} : { system }), messages: converted };
}

function block(text: string): TextBlock {
  return { type: "text", text: text === "" ? NO_TEXT : text };
}

function mark(target: TextBlock | undefined): void {
  if (target !== undefined) target.cache_control = { type: "ephemeral" };
}

function refused(message: string): ProviderError {
  return new ProviderError(message, { code: "refused" });
}
