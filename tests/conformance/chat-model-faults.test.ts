/** The suite of faults on every provider of a server. */
import { chatModelFaults } from "./chat-model-faults.ts";
import { anthropicDialect } from "./dialects/anthropic.ts";
import { llamaServerDialect, llamaServerToolDialect } from "./dialects/llama-server.ts";
import { ollamaDialect } from "./dialects/ollama.ts";
import { openAiDialect, vllmDialect } from "./dialects/openai.ts";
import { askWithTools } from "./tool-calls.ts";

for (const dialect of [openAiDialect, vllmDialect, ollamaDialect, llamaServerDialect, anthropicDialect]) {
  chatModelFaults(dialect);
}
for (const dialect of [openAiDialect, vllmDialect, ollamaDialect, llamaServerToolDialect, anthropicDialect]) {
  chatModelFaults(dialect, `${dialect.provider} with tools`, askWithTools);
}
