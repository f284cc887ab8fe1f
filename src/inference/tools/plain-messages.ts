/** A conversation with tools as plain messages, for the checks that count words and bytes. Pure. */
import type { ChatMessage } from "../../core/chat-model.ts";
import type { ToolCall, ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import { parameterSchema } from "./tool-schema.ts";

/** What stands in the prompt for certain, word for word: templates write calls and tools each in their own way. */
export function certainMessages(conversation: readonly (ChatMessage | ToolMessage)[]): ChatMessage[] {
  return conversation.map(({ role, content }) => ({ role: role === "tool" ? "user" : role, content }));
}

/** At least what a prompt can be made of: calls and tools as JSON too, and room for what a template says about tools. */
export function wholeMessages(conversation: readonly ToolMessage[], tools: readonly ToolSpec[]): ChatMessage[] {
  const spoken = conversation.map((message): ChatMessage => {
    if (message.role !== "assistant") return { role: "user", content: message.content };
    return { role: "assistant", content: `${message.content}${message.calls.map(callText).join("")}` };
  });
  const told = tools.map((tool) => JSON.stringify([tool.name, tool.description, parameterSchema(tool)], null, 2));
  return [{ role: "system", content: `${told.join("\n")}${" ".repeat(TEMPLATE_BYTES)}` }, ...spoken];
}

/** More than the templates in use write around tools. */
const TEMPLATE_BYTES = 2000;

function callText(call: ToolCall): string {
  return JSON.stringify([call.id, call.name, call.kind === "call" ? call.arguments : {}]);
}
