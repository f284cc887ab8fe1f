/**
 * Context overflow, as servers report it and as it shows when they do not.
 * Wordings: OpenAI (`context_length_exceeded`), vLLM, llama-server (`exceed_context_size_error`), Ollama, Anthropic; see docs/models.md.
 */
import type { ChatMessage, Usage } from "../core/chat-model.ts";
import { ProviderError } from "../core/errors.ts";

export interface Overflow {
  promptTokens?: number;
  contextTokens?: number;
}

const OVERFLOW_WORDS =
  /context_length_exceeded|exceed_context_size|maximum context length|maximum model length|exceeds? (the |maximum )?(available )?context|input length exceeds|context size has been exceeded|exceed context limit|prompt is too long/i;

const PROMPT_COUNTS = [
  /\((\d+) in the (?:messages|prompt)/i,
  /resulted in (\d+) tokens/i,
  /has (\d+) input tokens/i,
  /contains at least (\d+) input tokens/i,
  /prompt \(length (\d+)\)/i,
  /request \((\d+) tokens\)/i,
  /you requested (\d+) tokens/i,
  /prompt is too long: (\d+) tokens/i,
  /exceed context limit: (\d+) \+/i,
];
const CONTEXT_COUNTS = [
  /maximum (?:context|model) length (?:is|of) (\d+)/i,
  /context length is only (\d+)/i,
  /available context size \((\d+) tokens\)/i,
  /prompt is too long: \d+ tokens > (\d+)/i,
  /exceed context limit: \d+ \+ \d+ > (\d+)/i,
];

/** What an error says about a prompt that does not fit; `undefined` if it is about something else. */
export function readOverflow(message: string, body?: unknown): Overflow | undefined {
  const text = `${message} ${body === undefined ? "" : JSON.stringify(body)}`;
  if (!OVERFLOW_WORDS.test(text)) return undefined;
  const promptTokens = readNumber(text, [...PROMPT_COUNTS, /"n_prompt_tokens":(\d+)/]);
  const contextTokens = readNumber(text, [...CONTEXT_COUNTS, /"n_ctx":(\d+)/]);
  return {
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

/**
 * Tokens that a prompt has at the very least: its words, that is runs between white space that hold a letter. Tokenizers in use never join
 * two such words into one token.
 */
export function fewestTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + (content.match(/\S*\p{L}\S*/gu)?.length ?? 0), 0);
}

/** No fewer than `fewestTokens`, in a fraction of its time: all runs between white space, with a letter or without. */
function mostWords(messages: readonly ChatMessage[]): number {
  let words = 0;
  for (const { content } of messages) {
    let gap = true;
    for (let index = 0; index < content.length; index += 1) {
      const code = content.charCodeAt(index);
      const space = code <= 32;
      if (gap && !space) words += 1;
      // What is not ASCII may be white space of another kind, so a word may begin behind it.
      gap = space || code > 127;
    }
  }
  return words;
}

/** Tokens that a prompt has at most: its UTF-8 bytes, and 32 for the frame of each message and of the reply. */
export function mostTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + 32, 32);
}

export interface ReplyFacts {
  modelName: string;
  usage: Usage;
  cutByLength: boolean;
  maxTokens: number;
  contextTokens?: number | undefined;
}

/**
 * Throws `context-overflow` when the figures of a reply prove that the server cut the prompt, or that the context ended before `maxTokens`.
 * Figures that a server does not give prove nothing.
 */
export function checkForCut(messages: readonly ChatMessage[], facts: ReplyFacts): void {
  const { promptTokens, generatedTokens } = facts.usage;
  const { modelName, contextTokens, maxTokens } = facts;
  const data = { promptTokens, contextTokens };
  const fewest = promptTokens === undefined || promptTokens >= mostWords(messages) ? 0 : fewestTokens(messages);
  if (promptTokens !== undefined && promptTokens < fewest) {
    throw new ProviderError(
      `${modelName} read ${promptTokens} tokens of a prompt that has at least ${fewest}: the server cut it silently. Use a larger context or a shorter prompt.`,
      { code: "context-overflow", data: { ...data, promptTokens: fewest } },
    );
  }
  if (facts.cutByLength && generatedTokens !== undefined && generatedTokens < maxTokens) {
    throw new ProviderError(
      `${modelName} stopped after ${generatedTokens} of ${maxTokens} tokens because its context${contextTokens === undefined ? "" : ` of ${contextTokens} tokens`} was full. Use a larger context or a shorter prompt.`,
      { code: "context-overflow", data },
    );
  }
}

function readNumber(text: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
