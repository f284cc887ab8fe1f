/** The suite of tool calls on every provider of a server that has them. */
import { anthropicDialect } from "./dialects/anthropic.ts";
import { llamaServerToolDialect } from "./dialects/llama-server.ts";
import { ollamaDialect } from "./dialects/ollama.ts";
import { openAiDialect, vllmDialect } from "./dialects/openai.ts";
import { toolCallConformance } from "./tool-calls.ts";

for (const dialect of [openAiDialect, vllmDialect, ollamaDialect, llamaServerToolDialect, anthropicDialect]) {
  toolCallConformance(dialect);
}
