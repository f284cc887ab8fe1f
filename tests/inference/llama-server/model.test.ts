/** The llama-server provider against a loopback server: what only it does. The faults are in tests/conformance. */
import { afterEach, describe, expect, test } from "bun:test";
import { llamaServerDialect, page } from "../../conformance/dialects/llama-server.ts";
import {
  type Answer,
  callOptions,
  type FakeServer,
  fakeServer,
  faultOf,
  open,
  question,
  testClock,
  testDeps,
} from "../support.ts";

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const HASH_X = "1".repeat(64);
const HASH_Y = "2".repeat(64);
const adapters = [
  { id: 0, path: `/adapters/${HASH_X}/a.gguf`, scale: 1 },
  { id: 1, path: `/adapters/${HASH_Y}/a.gguf`, scale: 1 },
];

/** With two adapters; `hostCache` as the server that keeps prompts in main memory. */
function withAdapters(hostCache: boolean): Answer {
  let reads = 0;
  return (request) => {
    if (request.path === "/lora-adapters")
      return Response.json(request.body === undefined ? adapters : { success: true });
    const body = request.body as { n_predict?: number } | undefined;
    if (request.path !== "/completion") return page(request, "m");
    if (body?.n_predict !== 0) return llamaServerDialect.reply(["a"]);
    reads += 1;
    return Response.json({ content: "", stop: true, timings: { cache_n: hostCache && reads === 3 ? 20 : 1 } });
  };
}

const bodies = (path: string) =>
  (server as FakeServer).requests
    .filter((seen) => seen.path === path && seen.body !== undefined)
    .map(({ body }) => body);

test("the likeliest beginnings are asked for with the scale of every adapter, before sampling", async () => {
  const likely = [
    { id: 12, token: "A", logprob: -0.25 },
    { id: 7, token: "B", logprob: null },
  ];
  const usual = withAdapters(false);
  server = fakeServer((request) =>
    (request.body as { n_probs?: number } | undefined)?.n_probs === undefined
      ? usual(request)
      : Response.json({ content: "A", stop: true, completion_probabilities: [{ top_logprobs: likely }] }),
  );
  const model = await open(`llama-server:m@${server.url}`, testDeps());
  const found = await model.nextTokens!(question, { count: 2, adapter: HASH_Y, timeoutMs: 1000 });
  expect(found).toEqual([{ token: "12", logProbability: -0.25 }]);
  expect(bodies("/completion").at(-1)).toMatchObject({
    n_predict: 1,
    n_probs: 2,
    post_sampling_probs: false,
    logit_bias: [["a", 100]],
    temperature: 1,
    lora: [
      { id: 0, scale: 0 },
      { id: 1, scale: 1 },
    ],
  });
  const unknown = model.nextTokens!(question, { count: 2, adapter: "3".repeat(64), timeoutMs: 1000 });
  expect((await faultOf(unknown)).code).toBe("refused");
});

describe("opening", () => {
  test("waits while the server loads", async () => {
    let asked = 0;
    server = fakeServer((request) => {
      if (request.path !== "/health") return page(request, "m");
      asked += 1;
      const loading = { error: { code: 503, message: "Loading model", type: "unavailable_error" } };
      return asked < 4 ? Response.json(loading, { status: 503 }) : Response.json({ status: "ok" });
    });
    const clock = testClock();
    await open(`llama-server:m@${server.url}`, testDeps({ clock }));
    expect(clock.slept).toEqual([500, 500, 500]);
  });

  test("gives up on a server that loads for more than ten minutes", async () => {
    server = fakeServer(() => Response.json({ error: { message: "Loading model" } }, { status: 503 }));
    const clock = testClock();
    const fault = await faultOf(open(`llama-server:m@${server.url}`, testDeps({ clock })));
    expect(fault.code).toBe("server-error");
    expect(fault.message).toContain("Loading model");
    expect(clock.slept.length).toBe(1200);
  });

  test("takes an address alone, with or without /v1", async () => {
    server = fakeServer((request) => page(request, "whatever"));
    const model = await open(`llama-server:${server.url}/v1`, testDeps());
    expect(model.identity).toMatchObject({ provider: "llama-server", serverVersion: "llama-server b1-abc" });
  });

  test("a context beyond a slot's is refused with the slots and their size", async () => {
    server = fakeServer((request) => page(request, "m"));
    const fault = await faultOf(open(`llama-server:m@${server.url}`, testDeps(), { contextTokens: 4096 }));
    expect([fault.name, fault.code, fault.data.contextTokens]).toEqual(["ConfigError", "context-too-large", 2048]);
  });

  test("sends the key of the environment", async () => {
    server = fakeServer((request) => page(request, "m"));
    await open(`llama-server:m@${server.url}`, testDeps({ env: { LLAMA_API_KEY: "k1" } }));
    expect(server.requests.every(({ headers }) => headers.get("authorization") === "Bearer k1")).toBe(true);
  });

  test("turns every adapter off at once", async () => {
    server = fakeServer(withAdapters(false));
    const model = await open(`llama-server:m@${server.url}`, testDeps());
    expect(model.capabilities.adapters).toBe("load-at-start");
    expect(bodies("/lora-adapters")).toEqual([
      [
        { id: 0, scale: 0 },
        { id: 1, scale: 0 },
      ],
    ]);
  });

  test("refuses a server with adapters whose cache does not tell them apart", async () => {
    server = fakeServer(withAdapters(true));
    const fault = await faultOf(open(`llama-server:m@${server.url}`, testDeps()));
    expect(fault.code).toBe("refused");
    expect(fault.message).toContain("--cache-ram 0");
  });
});

describe("a call", () => {
  test("names the scale of every adapter, for the base too", async () => {
    server = fakeServer(withAdapters(false));
    const model = await open(`llama-server:m@${server.url}`, testDeps());
    await model.chat(question, callOptions({ cacheKey: "a" }));
    await model.chat(question, callOptions({ cacheKey: "a", adapter: HASH_Y }));
    const sent = bodies("/completion").slice(-2) as { lora: unknown; id_slot: number }[];
    expect(sent.map(({ lora }) => lora)).toEqual([
      [
        { id: 0, scale: 0 },
        { id: 1, scale: 0 },
      ],
      [
        { id: 0, scale: 0 },
        { id: 1, scale: 1 },
      ],
    ]);
    // The same conversation under another adapter has a slot of its own.
    expect(sent[0]?.id_slot).not.toBe(sent[1]?.id_slot);
  });

  test("with an adapter that the server does not have is refused before anything is sent", async () => {
    server = fakeServer(withAdapters(false));
    const model = await open(`llama-server:m@${server.url}`, testDeps());
    const before = server.requests.length;
    const fault = await faultOf(model.chat(question, callOptions({ adapter: "3".repeat(64) })));
    expect([fault.code, server.requests.length - before]).toEqual(["refused", 0]);
  });

  test("LOG and PLAN go to slots of their own", async () => {
    server = fakeServer((request) =>
      request.path === "/completion" ? llamaServerDialect.reply(["a"]) : page(request, "m"),
    );
    const model = await open(`llama-server:m@${server.url}`, testDeps());
    for (const cacheKey of ["ep/log", "ep/plan", "ep/log", "ep/plan"])
      await model.chat(question, callOptions({ cacheKey }));
    const slots = (bodies("/completion") as { id_slot: number }[]).map(({ id_slot }) => id_slot);
    expect(slots[0]).not.toBe(slots[1]);
    expect(slots.slice(2)).toEqual(slots.slice(0, 2));
  });

  test("that does not fit is counted and refused before it is sent", async () => {
    server = fakeServer((request) => page(request, "m"));
    const model = await open(`llama-server:m@${server.url}`, testDeps(), { contextTokens: 128 });
    const long = [{ role: "user" as const, content: "word ".repeat(100) }];
    const fault = await faultOf(model.chat(long, callOptions()));
    expect([fault.code, fault.data.contextTokens, bodies("/completion").length]).toEqual(["context-overflow", 128, 0]);
    expect(fault.data.promptTokens).toBe(await model.countTokens(long));
  });

  test("with a grammar of another form is refused", async () => {
    server = fakeServer((request) => page(request, "m"));
    const model = await open(`llama-server:m@${server.url}`, testDeps());
    const grammar = { form: "json-schema" as const, schema: {} };
    expect((await faultOf(model.chat(question, callOptions({ grammar })))).code).toBe("refused");
  });
});
