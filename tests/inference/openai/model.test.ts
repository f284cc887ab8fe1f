/** The OpenAI provider against a loopback server that misbehaves in every way a real one can. */
import { afterEach, describe, expect, test } from "bun:test";
import {
  type Answer,
  callOptions,
  closedAddress,
  type FakeServer,
  fakeServer,
  faultOf,
  open,
  question,
  streamed,
  testClock,
  testDeps,
} from "../support.ts";

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const DONE = "data: [DONE]\n\n";
const piece = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const finish = (reason: string) => event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const usage = (fields: Record<string, unknown> = {}) =>
  event({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 3, ...fields } });
const reply = (...events: string[]) => streamed(events, { contentType: "text/event-stream" });
const refusal = (status: number, error: Record<string, unknown>, headers = {}) =>
  Response.json({ error }, { status, headers });

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

interface Setup {
  models?: unknown;
  pages?: Record<string, unknown>;
  env?: Record<string, string>;
  contextTokens?: number;
}

async function openOn(chat: Answer, setup: Setup = {}) {
  const clock = testClock();
  const started = fakeServer((request) => {
    if (request.path === "/v1/models")
      return Response.json(setup.models ?? { data: [{ id: "m", max_model_len: 4096 }] });
    if (request.path === "/v1/chat/completions") return chat(request);
    const page = setup.pages?.[request.path];
    return page === undefined ? new Response("not here", { status: 404 }) : Response.json(page);
  });
  server = started;
  const settings = setup.contextTokens === undefined ? {} : { contextTokens: setup.contextTokens };
  const model = await open(`openai:m@${started.url}/v1`, testDeps({ clock, env: setup.env ?? {} }), settings);
  const chats = () => started.requests.filter(({ path }) => path === "/v1/chat/completions");
  return { model, clock, chats };
}

describe("opening", () => {
  test("a server that is down is unreachable", async () => {
    const fault = await faultOf(open(`openai:m@${await closedAddress()}/v1`, testDeps()));
    expect([fault.code, fault.retryable]).toEqual(["unreachable", true]);
  });

  test("a model the server does not list is missing, and the message says what there is", async () => {
    server = fakeServer(() => Response.json({ data: [{ id: "other" }] }));
    const fault = await faultOf(open(`openai:m@${server.url}/v1`, testDeps()));
    expect(fault.code).toBe("model-missing");
    expect(fault.message).toContain("other");
  });

  test("a wrong key is refused, without showing the key", async () => {
    server = fakeServer(() => refusal(401, { message: "Incorrect API key" }));
    const fault = await faultOf(open(`openai:m@${server.url}/v1`, testDeps({ env: { OPENAI_API_KEY: "sk-secret" } })));
    expect(fault.code).toBe("refused");
    expect(fault.message).toContain("OPENAI_API_KEY");
    expect(JSON.stringify([fault.message, fault.data])).not.toContain("sk-secret");
  });

  test("a context larger than the server's is refused", async () => {
    const fault = await faultOf(openOn(() => reply(), { contextTokens: 5000 }));
    expect([fault.name, fault.code]).toEqual(["ConfigError", "context-too-large"]);
  });

  test("says whether the server itself refuses an overflow", async () => {
    expect((await openOn(() => reply())).model.capabilities.overflow).toBe("error");
    await server?.stop();
    expect((await openOn(() => reply(), { models: { data: [{ id: "m" }] } })).model.capabilities.overflow).toBe(
      "silent",
    );
  });
});

describe("a reply", () => {
  test("is the pieces, with finish reason, usage and cached tokens", async () => {
    const details = { prompt_tokens_details: { cached_tokens: 8 } };
    const { model } = await openOn(() => reply(piece("Par"), piece("is."), finish("stop"), usage(details), DONE));
    const pieces: string[] = [];
    expect(await model.chat(question, callOptions({ onText: (text) => pieces.push(text) }))).toMatchObject({
      text: "Paris.",
      finishReason: "stop",
      usage: { promptTokens: 12, cachedTokens: 8, generatedTokens: 3 },
    });
    expect(pieces).toEqual(["Par", "is."]);
  });

  test("sends the key of the environment", async () => {
    const { model, chats } = await openOn(() => reply(piece("a"), finish("stop"), DONE), {
      env: { OPENAI_API_KEY: "sk-1" },
    });
    await model.chat(question, callOptions());
    expect(chats()[0]?.headers.get("authorization")).toBe("Bearer sk-1");
  });

  test("of no tokens is an honest empty text", async () => {
    const { model } = await openOn(() => reply(finish("stop"), usage({ completion_tokens: 0 }), DONE));
    expect((await model.chat(question, callOptions())).text).toBe("");
  });

  test("without usage has unknown counts, not zeros", async () => {
    const { model } = await openOn(() => reply(piece("a"), finish("stop"), DONE));
    const { usage: counts } = await model.chat(question, callOptions());
    expect([counts.promptTokens, counts.cachedTokens, counts.generatedTokens]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a fault", () => {
  test.each([
    ["a stream without an end", () => reply(piece("Par")), "stream-cut"],
    ["a marked end without a finish reason", () => reply(piece("Par"), DONE), "stream-cut"],
    ["an event that is not JSON", () => reply("data: {nonsense\n\n", DONE), "bad-response"],
    [
      "a page instead of a stream",
      () => new Response("<html>login</html>", { headers: { "content-type": "text/html" } }),
      "bad-response",
    ],
    ["usage but no choice", () => reply(usage(), DONE), "empty-response"],
    ["an error inside the stream", () => reply(event({ error: { message: "out of memory" } })), "server-error"],
    ["HTTP 500", () => refusal(500, { message: "boom" }), "server-error"],
  ] as [string, () => Response, string][])("%s is retryable, tried three times: %#", async (_, answer, code) => {
    const { model, chats } = await openOn(answer);
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable, chats().length]).toEqual([code, true, 3]);
  });

  test.each([
    ["a model that went away", () => refusal(404, { message: "no such model" }), "model-missing"],
    ["a request the server does not accept", () => refusal(400, { message: "top_k is unknown" }), "refused"],
    ["a filter", () => reply(piece("a"), finish("content_filter"), DONE), "refused"],
    [
      "an overflow",
      () => refusal(400, { code: "context_length_exceeded", message: "maximum context length is 4096 tokens" }),
      "context-overflow",
    ],
    ["a used up quota", () => refusal(429, { code: "insufficient_quota", message: "quota" }), "rate-limited"],
  ] as [string, () => Response, string][])("%s is final, tried once: %#", async (_, answer, code) => {
    const { model, chats } = await openOn(answer);
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable, chats().length]).toEqual([code, false, 1]);
  });

  test("a connection that breaks is stream-cut", async () => {
    const { model } = await openOn(() => streamed([piece("Par")], { contentType: "text/event-stream", open: true }));
    const call = model.chat(question, callOptions({ onText: () => void server?.stop() }));
    expect((await faultOf(call)).code).toBe("stream-cut");
  });

  test("a rate limit waits as long as the server says", async () => {
    let calls = 0;
    const { model, clock } = await openOn(() => {
      calls += 1;
      return calls === 1
        ? refusal(429, { message: "slow" }, { "retry-after": "3" })
        : reply(piece("a"), finish("stop"), DONE);
    });
    await model.chat(question, callOptions());
    expect(clock.slept).toEqual([3150]);
  });

  test("an overflow carries the counts", async () => {
    const message =
      "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.";
    const { model } = await openOn(() => refusal(400, { message }));
    expect((await faultOf(model.chat(question, callOptions()))).data).toMatchObject({
      promptTokens: 5000,
      contextTokens: 4096,
    });
  });

  test("a prompt that the server cut without a word is an overflow", async () => {
    const { model } = await openOn(() => reply(piece("a"), finish("stop"), usage({ prompt_tokens: 3 }), DONE));
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("context-overflow");
  });

  test("a timeout ends a server that never answers", async () => {
    const asked = Promise.withResolvers<void>();
    const { model, clock } = await openOn(() => {
      asked.resolve();
      return new Promise<Response>(() => undefined);
    });
    const call = faultOf(model.chat(question, callOptions({ timeoutMs: 120_000 })));
    await asked.promise;
    clock.expire();
    expect((await call).code).toBe("timeout");
  });

  test("a cancel in the middle of a stream ends it", async () => {
    const { model } = await openOn(() => streamed([piece("Par")], { contentType: "text/event-stream", open: true }));
    const controller = new AbortController();
    const call = model.chat(question, callOptions({ signal: controller.signal, onText: () => controller.abort() }));
    expect((await faultOf(call)).code).toBe("cancelled");
  });
});

describe("an Ollama server behind /v1, which cuts silently", () => {
  const ollama: Setup = {
    models: { data: [{ id: "m", owned_by: "library" }] },
    pages: { "/api/version": { version: "0.17.4" } },
  };
  const answer = () => reply(piece("a"), finish("stop"), DONE);

  test("gets a prompt that fits for certain", async () => {
    const { model } = await openOn(answer, { ...ollama, contextTokens: 512 });
    expect((await model.chat(question, callOptions())).text).toBe("a");
  });

  test("does not get one that might not fit; the message names the provider that counts", async () => {
    const { model, chats } = await openOn(answer, { ...ollama, contextTokens: 512 });
    const fault = await faultOf(model.chat([{ role: "user", content: "word ".repeat(120) }], callOptions()));
    expect([fault.code, chats().length]).toEqual(["context-overflow", 0]);
    expect(fault.message).toContain("ollama:m");
  });

  test("is asked afterwards which context it gave; a reply that may come from a cut prompt is an error", async () => {
    const pages = { ...ollama.pages, "/api/ps": { models: [{ name: "m:latest", context_length: 100 }] } };
    const { model } = await openOn(answer, { ...ollama, pages, contextTokens: 512 });
    expect((await model.chat([{ role: "user", content: "hi" }], callOptions())).text).toBe("a");
    const fault = await faultOf(model.chat([{ role: "user", content: "word ".repeat(12) }], callOptions()));
    expect([fault.code, fault.data.contextTokens]).toEqual(["context-overflow", 100]);
  });
});
