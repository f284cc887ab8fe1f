/** A turn with tools as the request of llama-server's `/v1/chat/completions`, which takes the fields of `/completion` too. Pure. */
import type { ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import { toMessages, toTools, type WireMessage, type WireTool } from "../openai/tool-calls.ts";
import { type CompletionParts, type CompletionRequest, toRequest } from "./convert-messages.ts";

export interface ToolTurn extends Omit<CompletionParts, "tokens" | "grammar"> {
  conversation: readonly ToolMessage[];
  tools: readonly ToolSpec[];
}

export interface ToolRequest extends Omit<CompletionRequest, "prompt" | "n_predict"> {
  messages: WireMessage[];
  tools: WireTool[];
  max_tokens: number;
  stream_options: { include_usage: true };
}

/** What the template makes a prompt of; the same for `/apply-template`, which counts. */
export function templated(conversation: readonly ToolMessage[], tools: readonly ToolSpec[]) {
  return { messages: toMessages(conversation), tools: toTools(tools) };
}

export function toToolRequest({ conversation, tools, ...parts }: ToolTurn): ToolRequest {
  const { prompt: _, n_predict, ...fields } = toRequest({ ...parts, tokens: [] });
  return {
    ...(fields as Omit<CompletionRequest, "prompt" | "n_predict">),
    ...templated(conversation, tools),
    max_tokens: n_predict,
    stream_options: { include_usage: true },
  };
}
