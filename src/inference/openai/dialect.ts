/** What differs between servers that share OpenAI's protocol but have a provider of their own. */
import type { ChatOptions, ModelCapabilities } from "../../core/chat-model.ts";

export interface OpenAiDialect {
  provider: string;
  /** Used where a model name has no URL. */
  defaultBaseUrl: string;
  /** Environment variable with the key. */
  keyVariable: string;
  startHint: string;
  modelHint: string;
  /** Known of this kind of server, whatever its answers show. */
  capabilities?: Partial<ModelCapabilities>;
  /** Fields of the request besides the common ones; they win over those. */
  extraFields?: (options: ChatOptions) => Record<string, unknown>;
}

export const openAiDialect: OpenAiDialect = {
  provider: "openai",
  defaultBaseUrl: "https://api.openai.com/v1",
  keyVariable: "OPENAI_API_KEY",
  startHint: "Start the server, or look at the address: it is the base URL and mostly ends in /v1.",
  modelHint: "Look at the server's list of models (GET /models), and whether the address ends in /v1.",
};
