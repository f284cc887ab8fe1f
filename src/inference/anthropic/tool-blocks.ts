/** Conversations with tools as blocks of the Messages API, and the blocks of a streamed reply put together. Pure. */
import * as v from "valibot";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ToolCall, ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import type { WrittenCall } from "../tools/read-call.ts";
import { parameterSchema } from "../tools/tool-schema.ts";
import type { MessageEvent } from "./wire.ts";

/** A thought goes back as it came, with its signature; the API refuses a call's result without it. */
const ThoughtBlock = v.variant("type", [
  v.object({ type: v.literal("thinking"), thinking: v.string(), signature: v.string() }),
  v.object({ type: v.literal("redacted_thinking"), data: v.string() }),
]);
export type ThoughtBlock = v.InferOutput<typeof ThoughtBlock>;
const Carried = v.array(ThoughtBlock);

/** A prompt is cached up to each block that is marked so, for five minutes after its last use. */
export interface CacheMark {
  cache_control?: { type: "ephemeral" };
}
export interface ToolUseBlock extends CacheMark {
  type: "tool_use";
  id: string;
  name: string;
  input: JsonObject;
}
export interface ToolResultBlock extends CacheMark {
  type: "tool_result";
  tool_use_id: string;
  content: string;
}

export interface WireTool {
  name: string;
  description: string;
  input_schema: { type: "object"; [field: string]: Json };
}

export function toTools(tools: readonly ToolSpec[]): WireTool[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    input_schema: { ...parameterSchema(tool), type: "object" },
  }));
}

/** A malformed call goes back without input, which must be an object; its answer says what was wrong. */
export function toToolUse(call: ToolCall): ToolUseBlock {
  return { type: "tool_use", id: call.id, name: call.name, input: call.kind === "call" ? call.arguments : {} };
}

export function toToolResult(message: Extract<ToolMessage, { role: "tool" }>): ToolResultBlock {
  return { type: "tool_result", tool_use_id: message.callId, content: message.content };
}

/** What an assistant message carries; nothing if another provider wrote it. */
export function thoughtsOf(carried: Json | undefined): ThoughtBlock[] {
  const parsed = v.safeParse(Carried, carried);
  return parsed.success ? parsed.output : [];
}

/** Puts the blocks beside the text together. */
export class BlockPieces {
  readonly #blocks = new Map<number, { type: string; id: string; name: string; text: string; signature: string }>();

  add({ type, index, content_block: begun, delta }: MessageEvent): void {
    if (index == null) return;
    if (type === "content_block_start" && begun != null) {
      const { id, name, data } = begun;
      this.#blocks.set(index, { type: begun.type, id: id ?? "", name: name ?? "", text: data ?? "", signature: "" });
    }
    const block = this.#blocks.get(index);
    if (block === undefined || delta == null) return;
    block.text += delta.partial_json ?? delta.thinking ?? "";
    block.signature += delta.signature ?? "";
  }

  calls(): WrittenCall[] {
    return this.#ordered("tool_use").map(({ id, name, text }) => ({ id, name, input: text }));
  }

  /** Signed thoughts, in their order. */
  thoughts(): ThoughtBlock[] {
    return this.#ordered("thinking", "redacted_thinking").map(({ type, text, signature }) =>
      type === "thinking" ? { type, thinking: text, signature } : { type: "redacted_thinking", data: text },
    );
  }

  #ordered(...types: string[]) {
    const ordered = [...this.#blocks].sort(([one], [other]) => one - other).map(([, block]) => block);
    return ordered.filter(({ type }) => types.includes(type));
  }
}
