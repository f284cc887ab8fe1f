/** The second half of the conformance suite of `ChatModel`: how every provider of a server meets that server's faults. */
import { afterEach, describe, expect, test } from "bun:test";
import type { ChatModel, ChatOptions, ChatReply } from "../../src/core/chat-model.ts";
import {
  closedAddress,
  type FakeServer,
  fakeServer,
  faultOf,
  open,
  question,
  callOptions as standardOptions,
  type TestClock,
  testClock,
  testDeps,
} from "../inference/support.ts";
import type { Dialect } from "./dialects/dialect.ts";

/** Longer than the test clock lets a delay pass at once. */
const LONG_WAIT_SECONDS = 100;

/** One turn of plain chat, or one with a tool at hand. */
export type Ask = (
  model: ChatModel,
  options: ChatOptions,
) => Promise<Pick<ChatReply, "text" | "usage"> & { finishReason: string }>;

const askPlainly: Ask = (model, options) => model.chat(question, options);

/** Declares the tests. */
export function chatModelFaults(dialect: Dialect, name = dialect.provider, ask: Ask = askPlainly): void {
  const provider = name;
  const running: FakeServer[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  const start = (answer: () => Response | Promise<Response>, page = dialect.page): FakeServer => {
    const server = fakeServer((request) => (dialect.isChat(request) ? answer() : page(request)));
    running.push(server);
    return server;
  };
  /** Opens the model on a server whose chat answers are these, one after the other; the last one for ever. */
  const openOn = async (
    answers: readonly (() => Response | Promise<Response>)[],
    random = () => 0.5,
    clock = testClock(),
  ) => {
    const left = [...answers];
    const server = start(() => ((left.length > 1 ? left.shift() : left[0]) as () => Response)());
    const deps = testDeps({ clock, random, ...(dialect.env ? { env: dialect.env } : {}) });
    const model = await open(dialect.modelAt(server.url), deps);
    return { model, clock, server, chats: () => server.requests.filter(dialect.isChat).length };
  };
  const callOptions = (overrides: Partial<ChatOptions> = {}): ChatOptions =>
    standardOptions({ sampling: { temperature: dialect.temperature ?? 0, maxTokens: 16 }, ...overrides });
  const good = () => dialect.reply(["Par", "is."]);

  describe(`${provider}: opening`, () => {
    const deps = (clock = testClock()) => testDeps({ clock, ...(dialect.env ? { env: dialect.env } : {}) });

    test("a refused connection is unreachable, tried three times", async () => {
      const clock = testClock();
      const fault = await faultOf(open(dialect.modelAt(await closedAddress()), deps(clock)));
      expect([fault.name, fault.code, fault.retryable]).toEqual(["ProviderError", "unreachable", true]);
      expect(clock.slept).toEqual([500, 1000]);
    });

    test("a model that the server does not have is missing, and not asked for again", async () => {
      const server = start(good, dialect.otherModel);
      const clock = testClock();
      const fault = await faultOf(open(dialect.modelAt(server.url), deps(clock)));
      expect([fault.code, fault.retryable, clock.slept]).toEqual(["model-missing", false, []]);
      expect(fault.message).toContain("m");
    });
  });

  describe(`${provider}: a reply`, () => {
    test("is whole, with its figures", async () => {
      const { model, chats, clock } = await openOn([good]);
      const reply = await ask(model, callOptions());
      expect([reply.text, reply.finishReason]).toEqual(["Paris.", "stop"]);
      expect([reply.usage.promptTokens, reply.usage.generatedTokens]).toEqual([40, 2]);
      expect([chats(), clock.slept]).toEqual([1, []]);
    });

    test("of no tokens is an honest empty text", async () => {
      const { model } = await openOn([dialect.emptyReply]);
      expect((await ask(model, callOptions())).text).toBe("");
    });
  });

  describe(`${provider}: a fault that may pass`, () => {
    const passing: [string, () => Response, string][] = [
      ["a stream that stops without its end mark", () => dialect.cut(["Par"]), "stream-cut"],
      ["an empty stream", () => dialect.cut([]), "stream-cut"],
      ["malformed JSON", dialect.malformed, "bad-response"],
      ["an end with neither content nor tokens", dialect.nothing, "empty-response"],
      ["an error inside a stream", () => dialect.brokenInside(["Par"]), "server-error"],
      ["HTTP 500", () => dialect.error(500, "boom"), "server-error"],
      ["HTTP 503", () => dialect.error(503, "busy"), "server-error"],
      ["HTTP 529", () => dialect.error(529, "Overloaded"), "server-error"],
      ["HTTP 429", () => dialect.error(429, "slow down"), "rate-limited"],
      [
        "a page instead of a reply",
        () => new Response("<html>login</html>", { headers: { "content-type": "text/html" } }),
        "bad-response",
      ],
    ];
    test.each(passing)("%s is tried three times, with longer and longer delays", async (_, answer, code) => {
      const { model, chats, clock } = await openOn([answer]);
      const fault = await faultOf(ask(model, callOptions()));
      expect([fault.code, fault.retryable, chats()]).toEqual([code, true, 3]);
      expect(clock.slept).toEqual([500, 1000]);
    });

    test.each(passing)("%s, and the next attempt succeeds", async (_, answer) => {
      const { model, chats } = await openOn([answer, good]);
      expect((await ask(model, callOptions())).text).toBe("Paris.");
      expect(chats()).toBe(2);
    });

    test("the delays are spread by chance", async () => {
      const early = await openOn([() => dialect.error(500, "boom")], () => 0);
      await faultOf(ask(early.model, callOptions()));
      expect(early.clock.slept).toEqual([375, 750]);
    });

    test("a connection refused in the middle of a run is unreachable, tried three times", async () => {
      const { model, clock, server } = await openOn([good]);
      await server.stop();
      const fault = await faultOf(ask(model, callOptions()));
      expect([fault.code, fault.retryable]).toEqual(["unreachable", true]);
      expect(clock.slept).toEqual([500, 1000]);
    });

    test("is not tried again once text was shown", async () => {
      const { model, chats } = await openOn([() => dialect.cut(["Par"]), good]);
      const shown: string[] = [];
      const call = ask(model, callOptions({ onText: (piece) => shown.push(piece) }));
      expect((await faultOf(call)).code).toBe("stream-cut");
      expect([shown.join(""), chats()]).toEqual(["Par", 1]);
    });
  });

  describe(`${provider}: a rate limit`, () => {
    const limited = (headers: Record<string, string>) => () => dialect.error(429, "slow down", headers);

    test("waits as long as the server says, and never less", async () => {
      const { model, clock } = await openOn([limited({ "retry-after": "7" }), good], () => 0);
      expect((await ask(model, callOptions())).text).toBe("Paris.");
      expect(clock.slept).toEqual([7000]);
    });

    test("waits until the date that the server says", async () => {
      const headers = { date: "Sat, 21 Nov 2026 12:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 12:00:09 GMT" };
      const { model, clock } = await openOn([limited(headers), good], () => 0);
      await ask(model, callOptions());
      expect(clock.slept).toEqual([9000]);
    });

    test("of more than five minutes is given back to the caller at once", async () => {
      const { model, chats, clock } = await openOn([limited({ "retry-after": "3600" }), good]);
      const fault = await faultOf(ask(model, callOptions()));
      expect([fault.code, fault.data.retryAfterMs, chats()]).toEqual(["rate-limited", 3_600_000, 1]);
      expect(clock.slept).toEqual([]);
    });
  });

  describe(`${provider}: a fault that stays`, () => {
    test.each([
      ["a model that went away", () => dialect.error(404, "model m not found"), "model-missing"],
      ["a request that the server does not accept", () => dialect.error(400, "top_k is unknown"), "refused"],
      ["a wrong key", () => dialect.error(401, "invalid key"), "refused"],
      ["a prompt that does not fit", dialect.overflow, "context-overflow"],
    ] as [string, () => Response, string][])("%s is tried once", async (_, answer, code) => {
      const { model, chats, clock } = await openOn([answer, good]);
      const fault = await faultOf(ask(model, callOptions()));
      expect([fault.name, fault.code, fault.retryable]).toEqual(["ProviderError", code, false]);
      expect([chats(), clock.slept]).toEqual([1, []]);
    });

    test("an overflow that the server reports has its counts where it gives them", async () => {
      const { model } = await openOn([dialect.overflow]);
      const { data } = await faultOf(ask(model, callOptions()));
      expect(data.promptTokens).toBe(9000);
    });
  });

  describe(`${provider}: time limit and cancellation`, () => {
    const asked = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const silent = () => {
        resolve();
        return new Promise<Response>(() => undefined);
      };
      return { promise, silent };
    };

    test("a server that never answers is a timeout", async () => {
      const { promise, silent } = asked();
      const { model, clock, chats } = await openOn([silent]);
      const call = faultOf(ask(model, callOptions({ timeoutMs: 120_000 })));
      await promise;
      clock.expire();
      const fault = await call;
      expect([fault.code, fault.data.timeoutMs, chats()]).toEqual(["timeout", 120_000, 1]);
    });

    test("a stream that stalls is a timeout", async () => {
      const { model, clock } = await openOn([() => dialect.stalled(["Par"])]);
      const onText = () => clock.expire();
      expect((await faultOf(ask(model, callOptions({ timeoutMs: 120_000, onText })))).code).toBe("timeout");
    });

    test("a call cancelled before it begins sends nothing", async () => {
      const { model, server } = await openOn([good]);
      const before = server.requests.length;
      const fault = await faultOf(ask(model, callOptions({ signal: AbortSignal.abort() })));
      expect([fault.code, server.requests.length - before]).toEqual(["cancelled", 0]);
    });

    test("a call cancelled while the server is silent is cancelled", async () => {
      const { promise, silent } = asked();
      const { model } = await openOn([silent]);
      const controller = new AbortController();
      const call = faultOf(ask(model, callOptions({ signal: controller.signal })));
      await promise;
      controller.abort();
      expect((await call).code).toBe("cancelled");
    });

    test("a call cancelled in the middle of a stream is cancelled, and the next one works", async () => {
      const { model } = await openOn([() => dialect.stalled(["Par"]), good]);
      const controller = new AbortController();
      const call = ask(model, callOptions({ signal: controller.signal, onText: () => controller.abort() }));
      expect((await faultOf(call)).code).toBe("cancelled");
      expect((await ask(model, callOptions())).text).toBe("Paris.");
    });

    test("a call cancelled while it waits for the next attempt is cancelled at once", async () => {
      const controller = new AbortController();
      const clock = testClock();
      const cancelling: TestClock = {
        ...clock,
        sleep: (ms, signal) => {
          if (ms === LONG_WAIT_SECONDS * 1000) queueMicrotask(() => controller.abort());
          return clock.sleep(ms, signal);
        },
      };
      const limited = () => dialect.error(429, "slow down", { "retry-after": String(LONG_WAIT_SECONDS) });
      const { model, chats } = await openOn([limited], () => 0, cancelling);
      const fault = await faultOf(ask(model, callOptions({ signal: controller.signal })));
      expect([fault.code, chats()]).toEqual(["cancelled", 1]);
    });
  });
}
