/** What is left out of a conversation that would not fit, and what never is. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ToolConversation } from "../../../src/campaign/agent/conversation.ts";
import type { ToolMessage } from "../../../src/core/tool-calls.ts";

const turn = (id: number, written: number, result: number): ToolMessage[] => [
  {
    role: "assistant",
    content: `turn ${id}`,
    calls: [{ kind: "call", id: `c${id}`, name: "write_file", arguments: { path: "a.md", text: "w".repeat(written) } }],
  },
  { role: "tool", callId: `c${id}`, name: "write_file", content: "r".repeat(result) },
];

function conversationOf(messages: readonly ToolMessage[]): ToolConversation {
  const conversation = new ToolConversation(0);
  conversation.add({ role: "system", content: "s".repeat(2000) });
  conversation.add({ role: "user", content: "b".repeat(2000) });
  for (const message of messages) conversation.add(message);
  return conversation;
}

/** Without the texts that may be left out. */
const bones = (messages: readonly ToolMessage[]) =>
  messages.map((message) => {
    if (message.role === "tool") return [message.role, message.callId];
    if (message.role !== "assistant") return [message.role, message.content];
    return [message.role, message.content, message.calls.map(({ id, name }) => [id, name])];
  });

describe("a conversation", () => {
  test("leaves out no more than it must, the oldest first, and never the brief", () => {
    const conversation = conversationOf([...turn(1, 10, 3000), ...turn(2, 10, 3000), ...turn(3, 10, 3000)]);
    conversation.fit(4500);
    expect(conversation.leftOut).toBe(0);
    conversation.fit(4000);
    expect(conversation.leftOut).toBe(2);
    const [system, brief, , first, , , , last] = conversation.shown();
    expect([system?.content.length, brief?.content.length]).toEqual([2000, 2000]);
    expect(first?.content).toBe("[3000 characters left out to make room; look again if you need them]");
    expect(last?.content).toBe("r".repeat(3000));
  });

  test("leaves out what was asked for last only if it cannot fit otherwise", () => {
    const conversation = conversationOf([...turn(1, 10, 3000), ...turn(2, 10, 9000)]);
    conversation.fit(4700);
    expect(conversation.leftOut).toBe(1);
    conversation.fit(4000);
    expect(conversation.leftOut).toBe(2);
  });

  test("says when there is nothing left to leave out", () => {
    const conversation = conversationOf(turn(1, 3000, 3000));
    expect([conversation.shrink(), conversation.shrink()]).toEqual([true, false]);
    expect(conversation.leftOut).toBe(2);
  });

  test("learns how many characters a token has", () => {
    const conversation = conversationOf([]);
    const before = conversation.estimateTokens();
    conversation.learn(800);
    expect([before, conversation.estimateTokens()]).toEqual([Math.ceil(4000 / 3), 800]);
    conversation.learn(undefined);
    expect(conversation.estimateTokens()).toBe(800);
  });

  test("keeps every message, call and answer in its place, fits or has left out all it can, and can be restored", () => {
    const size = fc.integer({ min: 0, max: 5000 });
    const turns = fc.array(fc.tuple(size, size), { maxLength: 12 });
    fc.assert(
      fc.property(turns, fc.integer({ min: 500, max: 20_000 }), (sizes, tokens) => {
        const messages = sizes.flatMap(([written, result], id) => turn(id, written, result));
        const whole = conversationOf(messages);
        const cut = conversationOf(messages);
        cut.fit(tokens);
        expect(bones(cut.shown())).toEqual(bones(whole.shown()));
        if (cut.estimateTokens() > tokens) expect(cut.shrink()).toBe(false);
        whole.restore(cut.leftOut);
        expect(whole.shown()).toEqual(cut.shown());
      }),
      { numRuns: 60 },
    );
  });
});
