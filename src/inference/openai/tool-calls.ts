/** Conversations with tools in OpenAI's form, which vLLM, llama-server and Ollama's /v1 share. Pure. */
import type { ChatMessage } from "../../core/chat-model.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ToolCall, ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import type { WrittenCall } from "../tools/read-call.ts";
import { parameterSchema } from "../tools/tool-schema.ts";
import type { CallDelta } from "./wire.ts";

export type WireMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string; tool_calls?: WireCall[] }
  | { role: "tool"; tool_call_id: string; content: string };

interface WireCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export interface WireTool {
  type: "function";
  function: { name: string; description: string; parameters: JsonObject };
}

/** A malformed call goes back without arguments: servers parse them, and its answer says what was wrong. */
export function toMessages(conversation: readonly (ChatMessage | ToolMessage)[]): WireMessage[] {
  return conversation.map((message) => {
    if (message.role === "tool") {
      return { role: "tool", tool_call_id: message.callId, content: message.content };
    }
    if (message.role !== "assistant") return { role: message.role, content: message.content };
    const calls = "calls" in message ? message.calls.map(toWireCall) : [];
    return { role: "assistant", content: message.content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  });
}

export function toTools(tools: readonly ToolSpec[]): WireTool[] {
  return tools.map((tool) => ({
    type: "function",
    function: { name: tool.name, description: tool.description, parameters: parameterSchema(tool) },
  }));
}

function toWireCall(call: ToolCall): WireCall {
  const written = call.kind === "call" ? JSON.stringify(call.arguments) : "{}";
  return { id: call.id, type: "function", function: { name: call.name, arguments: written } };
}

/** Puts calls together: the first piece of each has its id and name, and all have pieces of the arguments' text. */
export class CallPieces {
  readonly #calls = new Map<number, { id: string; name: string; input: string }>();

  add(deltas: readonly CallDelta[]): void {
    for (const delta of deltas) {
      // A server that sends whole calls may leave the index out.
      const begins = delta.id != null || delta.function?.name != null;
      const index = delta.index ?? (begins ? this.#calls.size : Math.max(0, this.#calls.size - 1));
      const call = this.#calls.get(index) ?? { id: "", name: "", input: "" };
      this.#calls.set(index, call);
      call.id ||= delta.id ?? "";
      call.name ||= delta.function?.name ?? "";
      call.input += delta.function?.arguments ?? "";
    }
  }

  /** In the order of their indices. */
  whole(): WrittenCall[] {
    return [...this.#calls].sort(([one], [other]) => one - other).map(([, call]) => call);
  }
}
