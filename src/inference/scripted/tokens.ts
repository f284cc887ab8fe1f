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

/** Tokens of the whole messages with which both begin. */
export function commonTokens(messages: readonly ChatMessage[], earlier: readonly ChatMessage[]): number {
  const differs = messages.findIndex(
    ({ role, content }, index) => earlier[index]?.role !== role || earlier[index].content !== content,
  );
  return tokensOfMessages(differs < 0 ? messages : messages.slice(0, differs));
}

/** A text cut to so many tokens, never inside a surrogate pair. */
export function cutToTokens(text: string, maxTokens: number): string {
  const cut = text.slice(0, maxTokens * UNITS_PER_TOKEN);
  return cut.length < text.length && /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
