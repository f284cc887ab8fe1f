/** Tool turns in the Messages API's blocks: thoughts go back as they came, and the cache marks stay on the head and the end. */
import { expect, test } from "bun:test";
import * as v from "valibot";
import type { ToolMessage } from "../../../src/core/tool-calls.ts";
import { toConversation } from "../../../src/inference/anthropic/convert-messages.ts";
import { BlockPieces } from "../../../src/inference/anthropic/tool-blocks.ts";
import { MessageEvent } from "../../../src/inference/anthropic/wire.ts";
import { doneTool } from "../../conformance/tool-calls.ts";

const thoughts = [
  { type: "thinking", thinking: "Where is it?", signature: "s1" },
  { type: "redacted_thinking", data: "opaque" },
];
const cached = { type: "ephemeral" };

test("a reply's thoughts are put together with their signatures", () => {
  const blocks = new BlockPieces();
  const events = [
    { type: "content_block_start", index: 0, content_block: { type: "thinking" } },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Where " } },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "is it?" } },
    { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s1" } },
    { type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "opaque" } },
  ];
  for (const event of events) blocks.add(v.parse(MessageEvent, event));
  expect(blocks.thoughts() as unknown).toEqual(thoughts);
});

test("thoughts stand before the calls that they led to; results share one message, which has the mark", () => {
  const call = (id: string) => ({ kind: "call" as const, id, name: "done", arguments: {} });
  const conversation: ToolMessage[] = [
    { role: "system", content: "Look." },
    { role: "user", content: "Go." },
    { role: "assistant", content: "", calls: [call("a"), call("b")], carried: thoughts },
    { role: "tool", callId: "a", name: "done", content: "one" },
    { role: "tool", callId: "b", name: "done", content: "two" },
  ];
  const { system, messages, tools } = toConversation(conversation, [doneTool]);
  expect(system).toEqual([{ type: "text", text: "Look.", cache_control: { type: "ephemeral" } }]);
  expect(tools?.map(({ name, input_schema }) => [name, input_schema.type])).toEqual([["done", "object"]]);
  expect(messages.slice(1) as unknown).toEqual([
    {
      role: "assistant",
      content: [
        ...thoughts,
        { type: "tool_use", id: "a", name: "done", input: {} },
        { type: "tool_use", id: "b", name: "done", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: "one" },
        { type: "tool_result", tool_use_id: "b", content: "two", cache_control: cached },
      ],
    },
  ]);
});

test("thoughts of another provider are not sent", () => {
  const message: ToolMessage = { role: "assistant", content: "Hm.", calls: [], carried: { other: 1 } };
  expect(toConversation([message]).messages[0]?.content).toHaveLength(1);
});
