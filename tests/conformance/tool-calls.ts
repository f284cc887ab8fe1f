/** The conformance suite of `ChatModel.chatWithTools`, on a loopback server that speaks as each kind does. */
import { afterEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { ChatOptions } from "../../src/core/chat-model.ts";
import type { ChatWithTools, ToolMessage, ToolSpec } from "../../src/core/tool-calls.ts";
import { callOptions, type FakeServer, fakeServer, open, question, testDeps } from "../inference/support.ts";
import type { Ask } from "./chat-model-faults.ts";
import type { Dialect, DialectCall } from "./dialects/dialect.ts";

export const readTool: ToolSpec = {
  name: "read",
  description: "Reads lines of a file.",
  parameters: v.strictObject({
    path: v.pipe(v.string(), v.description("which file")),
    lines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
};
export const doneTool: ToolSpec = { name: "done", description: "Ends the work.", parameters: v.strictObject({}) };
const tools = [readTool, doneTool];

/** For the suite of faults. */
export const askWithTools: Ask = (model, options) =>
  (model.chatWithTools as ChatWithTools)(
    question.map(({ content }) => ({ role: "user", content })),
    tools,
    options,
  );

const asked: ToolMessage[] = [
  { role: "system", content: "You look things up." },
  { role: "user", content: "What is in notes.md?" },
];

/** Declares the tests. */
export function toolCallConformance(dialect: Dialect): void {
  const running: FakeServer[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  const openOn = async (answers: (() => Response)[]) => {
    const left = [...answers];
    const server = fakeServer((request) =>
      dialect.isChat(request) ? (left.shift() as () => Response)() : dialect.page(request),
    );
    running.push(server);
    const model = await open(dialect.modelAt(server.url), testDeps(dialect.env ? { env: dialect.env } : {}));
    const bodies = () => server.requests.filter(dialect.isChat).map(({ body }) => body);
    return { chat: model.chatWithTools?.bind(model) as ChatWithTools, bodies };
  };
  const options = (overrides: Partial<ChatOptions> = {}) =>
    callOptions({ sampling: { temperature: dialect.temperature ?? 0, maxTokens: 64 }, ...overrides });
  const replyWith =
    (text: string, ...calls: DialectCall[]) =>
    () =>
      (dialect.toolReply as NonNullable<Dialect["toolReply"]>)(text, calls);
  const sent = (body: unknown) => (dialect.readTools as NonNullable<Dialect["readTools"]>)(body);

  describe(`${dialect.provider}: tools`, () => {
    test("a call arrives with its arguments, what was said beside it, and its figures", async () => {
      const call = { id: "a1", name: "read", arguments: '{"path":"notes.md","lines":20}' };
      const { chat, bodies } = await openOn([replyWith("Let me look.", call)]);
      const pieces: string[] = [];
      const reply = await chat(asked, tools, options({ onText: (piece) => pieces.push(piece) }));
      expect(reply).toMatchObject({
        text: "Let me look.",
        finishReason: "calls",
        calls: [{ kind: "call", name: "read", arguments: { path: "notes.md", lines: 20 } }],
        usage: { promptTokens: 40, generatedTokens: 7 },
      });
      expect(pieces.join("")).toBe(reply.text);
      expect(sent(bodies()[0]).tools).toEqual({ read: ["path", "lines"], done: [] });
    });

    test("several calls keep their order and have ids of their own", async () => {
      const read = (path: string) => ({ id: "same", name: "read", arguments: JSON.stringify({ path }) });
      const { chat } = await openOn([replyWith("", read("a.md"), read("b.md"), { ...read("c.md"), id: "" })]);
      const { calls, text } = await chat(asked, tools, options());
      expect(text).toBe("");
      expect(calls.map((call) => call.kind === "call" && call.arguments.path)).toEqual(["a.md", "b.md", "c.md"]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    });

    test("a text without calls is an answer", async () => {
      const { chat } = await openOn([() => dialect.reply(["Par", "is."])]);
      expect(await chat(asked, tools, options())).toMatchObject({ text: "Paris.", finishReason: "stop", calls: [] });
    });

    test.each([
      ["arguments that do not fit", { name: "read", arguments: '{"lines":3}' }, "path"],
      ["arguments of the wrong kind", { name: "read", arguments: '{"path":"a","lines":"many"}' }, "lines"],
      ["a parameter that the tool does not have", { name: "done", arguments: '{"force":true}' }, "force"],
      ["a tool that there is not", { name: "erase", arguments: "{}" }, "read, done"],
      ["arguments that are no object", { name: "done", arguments: "[1]" }, "object"],
      ["arguments that broke off", { name: "read", arguments: '{"path":"not' }, "read"],
    ])("%s are an answer for the model, no fault", async (_, call, problem) => {
      const { chat } = await openOn([replyWith("", { id: "x", ...call })]);
      const [written] = (await chat(asked, tools, options())).calls;
      expect(written).toMatchObject({ kind: "malformed", name: call.name });
      expect(written?.kind === "malformed" && written.problem).toContain(problem);
    });

    test("calls and results go back in order, a malformed call without its arguments", async () => {
      const good = { id: "g", name: "read", arguments: '{"path":"notes.md"}' };
      const bad = { id: "b", name: "read", arguments: '{"lines":3}' };
      const { chat, bodies } = await openOn([replyWith("", good, bad), () => dialect.reply(["Par", "is."])]);
      const { text, calls, carried } = await chat(asked, tools, options());
      const answers = calls.map(
        (call, index): ToolMessage => ({ role: "tool", callId: call.id, name: call.name, content: `result ${index}` }),
      );
      const conversation: ToolMessage[] = [
        ...asked,
        { role: "assistant", content: text, calls, ...(carried === undefined ? {} : { carried }) },
        ...answers,
        { role: "user", content: "Go on." },
      ];
      expect((await chat(conversation, tools, options())).text).toBe("Paris.");
      const { calls: sentCalls, results } = sent(bodies()[1]);
      expect(sentCalls).toEqual([
        { name: "read", arguments: { path: "notes.md" } },
        { name: "read", arguments: {} },
      ]);
      expect(results).toEqual(["result 0", "result 1"]);
    });
  });
}
