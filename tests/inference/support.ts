/** What the provider tests share: a clock they own, a loopback server that records, and the settings and options of a call. */
import type { ChatMessage, ChatOptions } from "../../src/core/chat-model.ts";
import { AutomemError } from "../../src/core/errors.ts";
import { parseModelName } from "../../src/core/model-name.ts";
import { openModel } from "../../src/inference/providers.ts";
import type { ModelSettings, ProviderDeps } from "../../src/inference/settings.ts";
import type { Clock } from "../../src/platform/clock.ts";

/** Sleeps below a minute (delays before retries) pass at once and are kept in `slept`; longer ones (time limits) end with `expire`. */
export interface TestClock extends Clock {
  readonly slept: number[];
  expire(): void;
}

export function testClock(): TestClock {
  let now = 1_000_000;
  const slept: number[] = [];
  const waiting = new Set<() => void>();
  return {
    slept,
    nowMs: () => now,
    monotonicMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ms < 60_000) {
          slept.push(ms);
          now += ms;
          return resolve();
        }
        waiting.add(resolve);
        signal?.addEventListener("abort", () => {
          waiting.delete(resolve);
          reject(signal.reason);
        });
      }),
    expire() {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
  };
}

export interface FakeServer {
  url: string;
  requests: { path: string; body: unknown; headers: Headers }[];
  stop(): Promise<void>;
}

export type Answer = (request: { path: string; body: unknown; headers: Headers }) => Response | Promise<Response>;

/** A server on loopback; `answer` decides, by path. */
export function fakeServer(answer: Answer): FakeServer {
  const requests: FakeServer["requests"] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const text = await request.text();
      const seen = {
        path: new URL(request.url).pathname,
        body: text === "" ? undefined : JSON.parse(text),
        headers: request.headers,
      };
      requests.push(seen);
      return answer(seen);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, requests, stop: () => server.stop(true) };
}

/** An address where nothing listens. */
export async function closedAddress(): Promise<string> {
  const server = fakeServer(() => new Response());
  await server.stop();
  return server.url;
}

export function testDeps(overrides: Partial<ProviderDeps> = {}): ProviderDeps {
  return {
    startEngine: () => Promise.reject(new Error("no engine in this test")),
    modelFiles: { find: async () => undefined, list: async () => ({ models: [], damaged: [] }) },
    fetch,
    clock: testClock(),
    // The middle: delays are as long as they are written.
    random: () => 0.5,
    env: {},
    ...overrides,
  };
}

export function open(name: string, deps: ProviderDeps, settings: Partial<ModelSettings> = {}) {
  return openModel(parseModelName(name), { contextTokens: 2048, sequences: 2, ...settings }, deps);
}

export const question: ChatMessage[] = [{ role: "user", content: "What is the capital of France?" }];

export function callOptions(overrides: Partial<ChatOptions> = {}): ChatOptions {
  return { sampling: { temperature: 0, maxTokens: 16 }, timeoutMs: 60_000, ...overrides };
}

/** The typed fault of a call that must fail. */
export async function faultOf(call: Promise<unknown>): Promise<AutomemError> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof AutomemError) return fault;
    throw fault;
  }
  throw new Error("the call succeeded");
}

/** A body that sends the pieces and then ends, or stays open. */
export function streamed(pieces: readonly string[], options: { contentType: string; open?: boolean }): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (options.open !== true) controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": options.contentType } });
}
