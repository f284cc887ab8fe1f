/** What a real server must keep with tools, whether its model is up to them or not. */
import { expect } from "bun:test";
import type { ChatModel } from "../../src/core/chat-model.ts";
import { AutomemError } from "../../src/core/errors.ts";
import type { ChatWithTools, ToolMessage, ToolOptions } from "../../src/core/tool-calls.ts";
import { doneTool, readTool } from "../conformance/tool-calls.ts";

/** Asks, then goes on as if a tool had been called. Returns what the model did, or the code of the fault (a model without a tool template). */
export async function answersWithTools(model: ChatModel, options: ToolOptions): Promise<string> {
  const chat = (model.chatWithTools as ChatWithTools).bind(model);
  const asked: ToolMessage[] = [{ role: "user", content: "Read the file notes.md." }];
  const called: ToolMessage[] = [
    ...asked,
    {
      role: "assistant",
      content: "",
      calls: [{ kind: "call", id: "call00001", name: "read", arguments: { path: "notes.md" } }],
    },
    { role: "tool", callId: "call00001", name: "read", content: "The key is under the stone." },
  ];
  try {
    const reply = await chat(asked, [readTool, doneTool], options);
    expect(["stop", "length", "calls"]).toContain(reply.finishReason);
    expect(reply.calls.length > 0).toBe(reply.finishReason === "calls");
    expect(reply.usage.promptTokens).toBeGreaterThan(5);
    const next = await chat(called, [readTool, doneTool], options);
    expect(next.usage.promptTokens).toBeGreaterThan(reply.usage.promptTokens as number);
    return `${reply.finishReason}, then ${next.finishReason}`;
  } catch (fault) {
    expect(fault).toBeInstanceOf(AutomemError);
    expect((fault as AutomemError).code).toBe("refused");
    return (fault as AutomemError).message;
  }
}
