/** A chat call as the request of llama-server's `/completion`. Pure. */

import type { Sampling } from "../../core/chat-model.ts";
import type { ReplyGrammar } from "../../core/grammar.ts";
import type { LoraScales } from "./adapters.ts";

export interface CompletionRequest {
  /** Tokens of the conversation under the model's chat template. */
  prompt: readonly number[];
  stream: true;
  cache_prompt: true;
  id_slot: number;
  n_predict: number;
  lora?: LoraScales;
  grammar?: string;
  json_schema?: unknown;
  stop?: string[];
  seed?: number;
  [sampler: string]: unknown;
}

export interface CompletionParts {
  tokens: readonly number[];
  sampling: Sampling;
  slot: number;
  lora: LoraScales;
  grammar?: ReplyGrammar | undefined;
}

/** What is not set is sent as "off", because the server has defaults of its own (top_k 40, top_p 0.95, min_p 0.05). */
export function toRequest({ tokens, sampling, slot, lora, grammar }: CompletionParts): CompletionRequest {
  const { temperature, maxTokens, topP, topK, minP, seed, stop } = sampling;
  return {
    prompt: tokens,
    stream: true,
    cache_prompt: true,
    id_slot: slot,
    n_predict: maxTokens,
    temperature,
    top_k: topK ?? 0,
    top_p: topP ?? 1,
    min_p: minP ?? 0,
    typical_p: 1,
    repeat_penalty: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    dry_multiplier: 0,
    xtc_probability: 0,
    mirostat: 0,
    ...(lora.length === 0 ? {} : { lora }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(grammar?.form === "gbnf" ? { grammar: grammar.text } : {}),
    ...(grammar?.form === "json-schema" ? { json_schema: grammar.schema } : {}),
  };
}
