/** Made-up tokens, the same for the same text: four UTF-16 units each, and four for the frame of a message. Pure. */
import type { ChatMessage } from "../../core/chat-model.ts";

const UNITS_PER_TOKEN = 4;
const FRAME_TOKENS = 4;

export function tokensOfText(text: string): number {
  return Math.ceil(text.length / UNITS_PER_TOKEN);
}

export function tokensOfMessages(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + tokensOfText(content) + FRAME_TOKENS, 0);
}

/**
 * Tokens up to and with the last reply in the conversation: what a prefix cache holds when the next turn is asked. From the messages
 * alone, so that a run that was interrupted reports the same as one that was not.
 */
export function conversationTokens(messages: readonly ChatMessage[]): number {
  return tokensOfMessages(messages.slice(0, messages.findLastIndex(({ role }) => role === "assistant") + 1));
}

/** A text cut to so many tokens, never inside a surrogate pair. */
export function cutToTokens(text: string, maxTokens: number): string {
  const cut = text.slice(0, maxTokens * UNITS_PER_TOKEN);
  return cut.length < text.length && /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
