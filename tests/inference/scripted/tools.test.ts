/** Tool calls of a scripted model. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatWithTools, ToolMessage } from "../../../src/core/tool-calls.ts";
import { doneTool, readTool } from "../../conformance/tool-calls.ts";
import { callOptions, faultOf, open, question, testDeps } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-scripted-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scripted(...rules: unknown[]) {
  const path = join(folder, `${crypto.randomUUID()}.jsonl`);
  writeFileSync(path, rules.map((rule) => JSON.stringify(rule)).join("\n"));
  const model = await open(`scripted:${path}`, testDeps());
  return { model, chat: (model.chatWithTools as ChatWithTools).bind(model) };
}

const asked: ToolMessage[] = [{ role: "user", content: "Look." }];

test("asks for tools by rules as it answers by rules", async () => {
  const { chat } = await scripted(
    { turn: 0, reply: "Looking.", calls: [{ name: "read", arguments: { path: "a.md" } }, { name: "done" }] },
    { turn: 1, match: "two lines", reply: "Enough." },
  );
  const first = await chat(asked, [readTool, doneTool], callOptions());
  expect(first).toMatchObject({ text: "Looking.", finishReason: "calls" });
  expect(first.calls).toEqual([
    { kind: "call", id: "call_0_0", name: "read", arguments: { path: "a.md" } },
    { kind: "call", id: "call_0_1", name: "done", arguments: {} },
  ]);
  const next = await chat(
    [
      ...asked,
      { role: "assistant", content: first.text, calls: first.calls },
      { role: "tool", callId: "call_0_0", name: "read", content: "two lines" },
    ],
    [readTool, doneTool],
    callOptions(),
  );
  expect(next).toMatchObject({ text: "Enough.", calls: [], finishReason: "stop" });
});

test("a text as arguments is what a model wrote, broken or not", async () => {
  const { chat } = await scripted({ calls: [{ name: "read", arguments: '{"path": "a' }] });
  expect((await chat(asked, [readTool], callOptions())).calls[0]).toMatchObject({
    kind: "malformed",
    text: '{"path": "a',
  });
});

test("a rule with calls is not for plain chats", async () => {
  const { model } = await scripted({ calls: [{ name: "done" }] }, "Paris.");
  expect((await model.chat(question, callOptions())).text).toBe("Paris.");
});

test("a rule with neither reply, calls nor fault is refused", async () => {
  const fault = await faultOf(scripted({ turn: 0 }));
  expect([fault.code, fault.message.includes("calls")]).toEqual(["bad-script", true]);
});
