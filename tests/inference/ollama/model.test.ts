/** The Ollama provider against a loopback server that misbehaves in every way a real one can. */
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

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const piece = (content: string) => line({ message: { role: "assistant", content }, done: false });
const end = (fields: Record<string, unknown> = {}) =>
  line({ message: { content: "" }, done: true, done_reason: "stop", prompt_eval_count: 12, eval_count: 3, ...fields });
const json = (value: unknown, status = 200, headers = {}) => Response.json(value, { status, headers });
const reply = (...lines: string[]) => streamed(lines, { contentType: "application/x-ndjson" });

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A model on a server whose pages for opening work and whose chat is `chat`. */
async function openOn(chat: Answer, clock = testClock()) {
  const started = fakeServer((request) => {
    if (request.path === "/api/show") return json({ model_info: { "llama.context_length": 8192 } });
    if (request.path === "/api/tags") return json({ models: [{ name: "smol:latest", digest: "abc" }] });
    if (request.path === "/api/version") return json({ version: "0.17.4" });
    return chat(request);
  });
  server = started;
  const model = await open(`ollama:smol@${started.url}`, testDeps({ clock }));
  const chats = () => started.requests.filter(({ path }) => path === "/api/chat").length;
  return { model, clock, chats };
}

describe("opening", () => {
  test("says which weights and which server answer", async () => {
    const { model } = await openOn(() => reply(end()));
    expect(model.identity).toMatchObject({
      provider: "ollama",
      digest: "abc",
      serverVersion: "ollama 0.17.4",
      contextTokens: 2048,
    });
  });

  test("a server that is down is unreachable, with the command that starts it", async () => {
    const fault = await faultOf(open(`ollama:smol@${await closedAddress()}`, testDeps()));
    expect([fault.code, fault.retryable]).toEqual(["unreachable", true]);
    expect(fault.message).toContain("ollama serve");
  });

  test("takes the server from OLLAMA_HOST", async () => {
    const address = await closedAddress();
    const fault = await faultOf(
      open("ollama:smol", testDeps({ env: { OLLAMA_HOST: address.replace("http://", "") } })),
    );
    expect(fault.message).toContain(address);
  });

  test("a model the server does not have says how to pull it", async () => {
    server = fakeServer(() => json({ error: "model 'smol' not found" }, 404));
    const fault = await faultOf(open(`ollama:smol@${server.url}`, testDeps()));
    expect(fault.code).toBe("model-missing");
    expect(fault.message).toContain("ollama pull smol");
  });

  test("a context larger than the model's is refused, for the server would shrink it silently", async () => {
    await openOn(() => reply(end()));
    const fault = await faultOf(open(`ollama:smol@${server?.url}`, testDeps(), { contextTokens: 9000 }));
    expect([fault.name, fault.code]).toEqual(["ConfigError", "context-too-large"]);
  });

  test("an address of something else is a bad response", async () => {
    server = fakeServer(() => new Response("<html>", { headers: { "content-type": "text/html" } }));
    expect((await faultOf(open(`ollama:smol@${server.url}`, testDeps()))).code).toBe("bad-response");
  });
});

describe("a reply", () => {
  test("is the pieces, with finish reason and usage", async () => {
    const { model } = await openOn(() => reply(piece("Par"), piece("is."), end()));
    const pieces: string[] = [];
    const answer = await model.chat(question, callOptions({ onText: (text) => pieces.push(text) }));
    expect(answer).toMatchObject({
      text: "Paris.",
      finishReason: "stop",
      usage: { promptTokens: 12, generatedTokens: 3 },
    });
    expect(pieces).toEqual(["Par", "is."]);
  });

  test("survives lines and characters that are cut anywhere on the way", async () => {
    const bytes = Buffer.from(piece("größer 🎉") + end());
    const { model } = await openOn(() => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
      return new Response(body);
    });
    expect((await model.chat(question, callOptions())).text).toBe("größer 🎉");
  });

  test("of no tokens is an honest empty text", async () => {
    const { model } = await openOn(() => reply(end({ eval_count: 0 })));
    expect((await model.chat(question, callOptions())).text).toBe("");
  });

  test("cut by the limit says so", async () => {
    const { model } = await openOn(() => reply(piece("a"), end({ done_reason: "length", eval_count: 16 })));
    expect((await model.chat(question, callOptions())).finishReason).toBe("length");
  });
});

describe("a fault", () => {
  test("in the middle of the stream is stream-cut, after three attempts", async () => {
    const { model, chats } = await openOn(() => reply(piece("Par")));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable, chats()]).toEqual(["stream-cut", true, 3]);
  });

  test("of a connection that breaks is stream-cut", async () => {
    const { model } = await openOn(() => streamed([piece("Par")], { contentType: "application/x-ndjson", open: true }));
    const call = model.chat(question, callOptions({ onText: () => void server?.stop() }));
    expect((await faultOf(call)).code).toBe("stream-cut");
  });

  test("inside a line is stream-cut too", async () => {
    const { model } = await openOn(() => reply(piece("Par"), '{"message":{"conte'));
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("stream-cut");
  });

  test("is not tried again once text was shown", async () => {
    const { model, chats } = await openOn(() => reply(piece("Par")));
    await faultOf(model.chat(question, callOptions({ onText: () => undefined })));
    expect(chats()).toBe(1);
  });

  test("of malformed JSON is a bad response", async () => {
    const { model } = await openOn(() => reply("this is not JSON\n", end()));
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("bad-response");
  });

  test("reported inside the stream is a server error in the server's words", async () => {
    const { model } = await openOn(() => reply(line({ error: "runner has died" })));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect(fault.code).toBe("server-error");
    expect(fault.message).toContain("runner has died");
  });

  test("of an answer that only loaded the model is an empty response", async () => {
    const { model } = await openOn(() => reply(end({ done_reason: "load" })));
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("empty-response");
  });

  test("of overflow is not tried again", async () => {
    const { model, chats } = await openOn(() => json({ error: "the input length exceeds the context length" }, 400));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable, fault.data.contextTokens, chats()]).toEqual([
      "context-overflow",
      false,
      2048,
      1,
    ]);
  });

  test("of a server that is busy passes", async () => {
    let calls = 0;
    const { model, clock } = await openOn(() => {
      calls += 1;
      return calls < 3 ? json({ error: "busy" }, 503) : reply(piece("Paris."), end());
    });
    expect((await model.chat(question, callOptions())).text).toBe("Paris.");
    expect(clock.slept).toEqual([500, 1000]);
  });

  test("of a rate limit waits as long as the server says", async () => {
    let calls = 0;
    const { model, clock } = await openOn(() => {
      calls += 1;
      return calls === 1 ? json({ error: "slow down" }, 429, { "retry-after": "4" }) : reply(piece("Paris."), end());
    });
    await model.chat(question, callOptions());
    expect(clock.slept).toEqual([4200]);
  });
});

describe("ending a call", () => {
  /** A server that never answers, and says when it was asked. */
  function silent() {
    const asked = Promise.withResolvers<void>();
    const chat: Answer = () => {
      asked.resolve();
      return new Promise<Response>(() => undefined);
    };
    return { chat, asked: asked.promise };
  }

  test("a call that takes too long is a timeout", async () => {
    const { chat, asked } = silent();
    const { model, clock } = await openOn(chat);
    const call = faultOf(model.chat(question, callOptions({ timeoutMs: 120_000 })));
    await asked;
    clock.expire();
    const fault = await call;
    expect([fault.code, fault.retryable]).toEqual(["timeout", true]);
  });

  test("a cancelled call is cancelled, and not tried again", async () => {
    const { chat, asked } = silent();
    const { model, chats } = await openOn(chat);
    const controller = new AbortController();
    const call = faultOf(model.chat(question, callOptions({ signal: controller.signal })));
    await asked;
    controller.abort();
    const fault = await call;
    expect([fault.code, fault.retryable, chats()]).toEqual(["cancelled", false, 1]);
  });

  test("a call that is cancelled before it begins asks nothing", async () => {
    const { model, chats } = await openOn(() => reply(end()));
    const fault = await faultOf(model.chat(question, callOptions({ signal: AbortSignal.abort() })));
    expect([fault.code, chats()]).toEqual(["cancelled", 0]);
  });
});
