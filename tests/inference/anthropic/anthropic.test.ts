/** The anthropic provider: its pure parts, and a loopback server in the documented wire format. The faults are in tests/conformance. */
import { afterEach, describe, expect, test } from "bun:test";
import type { ChatMessage } from "../../../src/core/chat-model.ts";
import { toConversation, toRequest } from "../../../src/inference/anthropic/convert-messages.ts";
import { mapFinish } from "../../../src/inference/anthropic/map-finish.ts";
import { mergeUsage, toUsage } from "../../../src/inference/anthropic/usage.ts";
import { anthropicDialect } from "../../conformance/dialects/anthropic.ts";
import { eventStream, type Request } from "../../conformance/dialects/dialect.ts";
import {
  type FakeServer,
  fakeServer,
  faultOf,
  open,
  question,
  callOptions as standardOptions,
  testDeps,
} from "../support.ts";

const callOptions = () => standardOptions({ sampling: { temperature: 1, maxTokens: 16 } });
const cached = { type: "ephemeral" as const };
const play: ChatMessage[] = [
  { role: "system", content: "You play." },
  { role: "user", content: "A door." },
  { role: "assistant", content: "" },
  { role: "user", content: "And now?" },
];

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe("toConversation", () => {
  test("marks the end of the head that never changes and the end of the conversation for the cache", () => {
    expect(toConversation(play)).toEqual({
      system: [{ type: "text", text: "You play.", cache_control: cached }],
      messages: [
        { role: "user", content: [{ type: "text", text: "A door." }] },
        { role: "assistant", content: [{ type: "text", text: "(no text)" }] },
        { role: "user", content: [{ type: "text", text: "And now?", cache_control: cached }] },
      ],
    });
  });

  test("without a system text the first message is the head", () => {
    const { system, messages } = toConversation(play.slice(1));
    expect(system).toBeUndefined();
    expect(messages.map(({ content }) => "cache_control" in (content[0] ?? {}))).toEqual([true, false, true]);
  });

  test("a system message later on stays in its place", () => {
    const late: ChatMessage[] = [...question, { role: "system", content: "Be brief." }];
    expect(toConversation(late).messages.map(({ role }) => role)).toEqual(["user", "system"]);
  });
});

describe("toRequest", () => {
  const parts = { model: "claude", modelName: "anthropic:claude", canDisableThinking: false };

  test("sends what the API has fields for: no temperature, no seed", () => {
    const sampling = { temperature: 1, maxTokens: 9, seed: 7, stop: ["END"] };
    expect(toRequest(question, { ...parts, sampling })).toEqual({
      ...toConversation(question),
      model: "claude",
      stream: true,
      max_tokens: 9,
      stop_sequences: ["END"],
    });
  });

  test("turns thinking off where that can be done, and sends a schema", () => {
    const grammar = { form: "json-schema" as const, schema: { type: "object" } };
    const sampling = { temperature: 1, maxTokens: 9 };
    expect(toRequest(question, { ...parts, sampling, grammar, canDisableThinking: true })).toMatchObject({
      thinking: { type: "disabled" },
      output_config: { format: { type: "json_schema", schema: { type: "object" } } },
    });
  });

  test.each([
    { temperature: 0 },
    { temperature: 1, minP: 0.1 },
    { temperature: 1, topP: 0.9 },
    { temperature: 1, topK: 4 },
  ])("refuses %j instead of leaving it out", (asked) => {
    const sampling = { maxTokens: 9, ...asked };
    expect(() => toRequest(question, { ...parts, sampling })).toThrow("anthropic:claude cannot be told how to sample");
  });
});

test.each([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["refusal", undefined],
  ["model_context_window_exceeded", undefined],
] as const)("stop_reason %s is %s", (reason, expected) => {
  expect(mapFinish(reason)).toBe(expected as never);
});

describe("usage", () => {
  test("the prompt is all that was read, anew, into the cache and out of it", () => {
    const usage = { input_tokens: 5, cache_creation_input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 7 };
    expect(toUsage(usage)).toEqual({ promptTokens: 325, cachedTokens: 300, generatedTokens: 7 });
  });

  test("later figures win, and what they leave out stays", () => {
    const start = { input_tokens: 5, cache_read_input_tokens: 3, cache_creation_input_tokens: null, output_tokens: 1 };
    expect(mergeUsage(start, { output_tokens: 9, input_tokens: null } as never)).toMatchObject({
      input_tokens: 5,
      cache_read_input_tokens: 3,
      output_tokens: 9,
    });
  });

  test("without figures all is unknown", () => {
    expect(toUsage(undefined)).toEqual({
      promptTokens: undefined,
      cachedTokens: undefined,
      generatedTokens: undefined,
    });
  });
});

describe("a model", () => {
  const start = (chat: (request: Request) => Response) => {
    const running = fakeServer((request) =>
      anthropicDialect.isChat(request) ? chat(request) : anthropicDialect.page(request),
    );
    server = running;
    return running;
  };
  const env = { ANTHROPIC_API_KEY: "sk-ant-secret" };

  test("without a key is refused before anything is asked", async () => {
    const fault = await faultOf(open("anthropic:m", testDeps()));
    expect([fault.name, fault.code]).toEqual(["ConfigError", "missing-key"]);
  });

  test("sends key and API version, and reports what the cache gave", async () => {
    const { url, requests } = start(() => anthropicDialect.reply(["Paris."]));
    const model = await open(`anthropic:m@${url}`, testDeps({ env }));
    const { usage } = await model.chat(play, callOptions());
    expect(usage).toEqual({ promptTokens: 40, cachedTokens: 30, generatedTokens: 1 });
    const sent = requests.find(anthropicDialect.isChat);
    expect(sent?.headers.get("authorization")).toBe("Bearer sk-ant-secret");
    expect(sent?.headers.get("anthropic-version")).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(sent?.body).toMatchObject({
      system: [{ type: "text", text: "You play.", cache_control: cached }],
      thinking: { type: "disabled" },
    });
  });

  test("never shows its key in a fault", async () => {
    const { url } = start(() => anthropicDialect.error(401, "invalid x-api-key"));
    const model = await open(`anthropic:m@${url}`, testDeps({ env }));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect(JSON.stringify([fault.message, fault.data])).not.toContain("sk-ant-secret");
  });

  test("is counted by the server only where its bytes leave it open whether it fits", async () => {
    const { url, requests } = start(() => anthropicDialect.reply(["a"]));
    const model = await open(`anthropic:m@${url}`, testDeps({ env }), { contextTokens: 512 });
    const counts = () => requests.filter(({ path }) => path.endsWith("/count_tokens")).length;
    await model.chat(question, callOptions());
    expect(counts()).toBe(0);
    await model.chat([{ role: "user", content: "seaside-".repeat(80) }], callOptions());
    expect(counts()).toBe(1);
  });

  test("a prompt beyond the context that was asked for is refused, though the model could hold it", async () => {
    const running = fakeServer((request) =>
      request.path.endsWith("/count_tokens") ? Response.json({ input_tokens: 600 }) : anthropicDialect.page(request),
    );
    server = running;
    const model = await open(`anthropic:m@${running.url}`, testDeps({ env }), { contextTokens: 512 });
    const fault = await faultOf(model.chat([{ role: "user", content: "sea ".repeat(600) }], callOptions()));
    expect([fault.code, fault.data.promptTokens, fault.data.contextTokens]).toEqual(["context-overflow", 600, 512]);
    expect(running.requests.some(anthropicDialect.isChat)).toBe(false);
  });

  test("a context larger than the model's is refused", async () => {
    const { url } = start(() => anthropicDialect.reply([]));
    const fault = await faultOf(open(`anthropic:m@${url}`, testDeps({ env }), { contextTokens: 4096 }));
    expect([fault.code, fault.data.contextTokens]).toEqual(["context-too-large", 2048]);
  });

  test.each([
    ["model_context_window_exceeded", "context-overflow"],
    ["refusal", "refused"],
    ["pause_turn", "refused"],
  ])("that stops with %s has no reply: %s", async (reason, code) => {
    const event = (type: string, fields = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
    const { url } = start(() =>
      eventStream([event("message_delta", { delta: { stop_reason: reason } }), event("message_stop")]),
    );
    const model = await open(`anthropic:m@${url}`, testDeps({ env }));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable]).toEqual([code, false]);
  });

  test("a gateway without a page for models is taken as it is", async () => {
    const running = fakeServer((request) =>
      anthropicDialect.isChat(request) ? anthropicDialect.reply(["a"]) : new Response("nope", { status: 404 }),
    );
    server = running;
    const model = await open(`anthropic:m@${running.url}`, testDeps());
    expect((await model.chat(question, callOptions())).text).toBe("a");
  });
});
