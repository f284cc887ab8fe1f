/** The vllm provider against a loopback server: what only it does. The faults are in tests/conformance. */
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readCacheTotals } from "../../../src/inference/vllm/metrics.ts";
import { vllmDialect } from "../../conformance/dialects/openai.ts";
import {
  type Answer,
  callOptions,
  type FakeServer,
  fakeServer,
  faultOf,
  open,
  question,
  testDeps,
} from "../support.ts";

const HASH = "a".repeat(64);
const fixture = (name: string) => Bun.file(join(import.meta.dir, "..", "..", "fixtures", "inference", name));

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A server that loads adapters while it runs, as vLLM's documentation says. */
function runtimeServer(): Answer {
  const loaded = new Set<string>();
  const refuse = (status: number, message: string) =>
    Response.json({ object: "error", message, type: "InvalidUserInput", code: status }, { status });
  return (request) => {
    const body = request.body as { lora_name?: string; lora_path?: string; model?: string } | undefined;
    const name = body?.lora_name ?? "";
    switch (request.path) {
      case "/openapi.json":
        return Response.json({ paths: { "/v1/load_lora_adapter": {}, "/v1/unload_lora_adapter": {} } });
      case "/v1/models": {
        const adapters = [...loaded].map((id) => ({ id, parent: "m", max_model_len: null }));
        return Response.json({ data: [{ id: "m", max_model_len: 2048, parent: null }, ...adapters] });
      }
      case "/v1/load_lora_adapter":
        if (body?.lora_path?.startsWith("/missing")) return refuse(404, "No adapter found for /missing");
        if (body?.lora_path?.startsWith("/bad")) return refuse(500, "LoRA rank 256 is greater than max_lora_rank 16");
        if (loaded.has(name)) return refuse(400, `The lora adapter '${name}' has already been loaded.`);
        loaded.add(name);
        return new Response(`Success: LoRA adapter '${name}' added successfully.`);
      case "/v1/unload_lora_adapter":
        if (!loaded.delete(name)) return refuse(404, `The lora adapter '${name}' cannot be found.`);
        return new Response(`Success: LoRA adapter '${name}' removed successfully.`);
      case "/v1/chat/completions":
        return body?.model === "m" || loaded.has(body?.model ?? "")
          ? vllmDialect.reply(["a"])
          : refuse(404, `The model '${body?.model}' does not exist.`);
      case "/metrics":
        return new Response(fixture("vllm-metrics.txt"));
      default:
        return vllmDialect.page(request);
    }
  };
}

async function openRuntime() {
  server = fakeServer(runtimeServer());
  const model = await open(`vllm:m@${server.url}`, testDeps());
  if (model.adapters === undefined) throw new Error("no adapters");
  return { model, adapters: model.adapters, server };
}

describe("opening", () => {
  test("takes an address with or without /v1 and says the version", async () => {
    server = fakeServer(vllmDialect.page);
    for (const url of [server.url, `${server.url}/v1`, `${server.url}/`]) {
      const model = await open(`vllm:m@${url}`, testDeps());
      expect(model.identity).toMatchObject({ provider: "vllm", serverVersion: "vllm 0.32.0" });
    }
  });

  test("refuses a server that is no vLLM, and names the provider for it", async () => {
    server = fakeServer(({ path }) =>
      path === "/v1/models" ? Response.json({ data: [{ id: "m" }] }) : new Response("", { status: 404 }),
    );
    const fault = await faultOf(open(`vllm:m@${server.url}`, testDeps()));
    expect(fault.code).toBe("bad-response");
    expect(fault.message).toContain(`openai:m@${server.url}/v1`);
  });

  test("a server without the loading calls has no adapters, or those of its start", async () => {
    server = fakeServer(vllmDialect.page);
    const plain = await open(`vllm:m@${server.url}`, testDeps());
    expect([plain.capabilities.adapters, plain.adapters]).toEqual(["none", undefined]);
    await server.stop();
    const models = {
      data: [
        { id: "m", max_model_len: 2048 },
        { id: HASH, parent: "m" },
      ],
    };
    server = fakeServer((request) =>
      request.path === "/v1/models" ? Response.json(models) : vllmDialect.page(request),
    );
    expect((await open(`vllm:m@${server.url}`, testDeps())).capabilities.adapters).toBe("load-at-start");
  });

  test("sends its own key", async () => {
    server = fakeServer(vllmDialect.page);
    await open(`vllm:m@${server.url}`, testDeps({ env: { VLLM_API_KEY: "k1", OPENAI_API_KEY: "other" } }));
    expect(new Set(server.requests.map(({ headers }) => headers.get("authorization")))).toEqual(new Set(["Bearer k1"]));
  });
});

describe("an adapter", () => {
  test("is loaded under its hash, asked for by it with a salt, and unloaded", async () => {
    const { model, adapters, server: running } = await openRuntime();
    await adapters.load({ hash: HASH, path: `/adapters/${HASH}` });
    expect(await adapters.loaded()).toEqual([HASH]);
    await model.chat(question, callOptions({ adapter: HASH }));
    const sent = running.requests.filter(({ path }) => path === "/v1/chat/completions").map(({ body }) => body);
    expect(sent).toMatchObject([{ model: HASH, cache_salt: HASH }]);
    await adapters.unload(HASH);
    expect(await adapters.loaded()).toEqual([]);
  });

  test("the base is asked for without a salt", async () => {
    const { model, server: running } = await openRuntime();
    await model.chat(question, callOptions());
    const body = running.requests.findLast(({ path }) => path === "/v1/chat/completions")?.body as object;
    expect(body).toMatchObject({ model: "m" });
    expect(body).not.toHaveProperty("cache_salt");
  });

  test("loading and unloading twice changes nothing", async () => {
    const { adapters } = await openRuntime();
    const files = { hash: HASH, path: `/adapters/${HASH}` };
    await adapters.load(files);
    await adapters.load(files);
    await adapters.unload(HASH);
    await adapters.unload(HASH);
    expect(await adapters.loaded()).toEqual([]);
  });

  test("whose path does not carry its hash is not loaded: the server's cache would be another's", async () => {
    const { adapters, server: running } = await openRuntime();
    const fault = await faultOf(adapters.load({ hash: HASH, path: "/adapters/current" }));
    expect(fault.code).toBe("bad-adapter-path");
    expect(running.requests.some(({ path }) => path === "/v1/load_lora_adapter")).toBe(false);
  });

  test.each(["/missing", "/bad"])(
    "that the server cannot use (%s) is refused in the server's words",
    async (folder) => {
      const { adapters } = await openRuntime();
      const fault = await faultOf(adapters.load({ hash: HASH, path: `${folder}/${HASH}` }));
      expect([fault.code, fault.retryable]).toEqual(["refused", false]);
      expect(fault.message).toMatch(/No adapter found|max_lora_rank/);
    },
  );

  test("that is not loaded is missing", async () => {
    const { model } = await openRuntime();
    expect((await faultOf(model.chat(question, callOptions({ adapter: HASH })))).code).toBe("model-missing");
  });
});

describe("figures", () => {
  test("prompts are counted before they are sent", async () => {
    const { model } = await openRuntime();
    expect(await model.countTokens(question)).toBe(40);
  });

  test("the prefix cache's totals are read from the metrics page", async () => {
    const { model } = await openRuntime();
    expect(await model.cacheTotals?.()).toEqual({ queriedTokens: 1200, foundTokens: 900 });
  });

  test("several engines are added up, old names are known, and a page without the counters says nothing", () => {
    const page =
      'vllm:prefix_cache_queries{engine="0"} 10\nvllm:prefix_cache_queries{engine="1"} 5\nvllm:prefix_cache_hits{engine="0"} 7.0\n';
    expect(readCacheTotals(page)).toEqual({ queriedTokens: 15, foundTokens: 7 });
    expect(readCacheTotals("# nothing\npython_info 1\n")).toBeUndefined();
  });
});

test("the likeliest beginnings are asked for under the adapter's name, with its salt", async () => {
  const likely = [
    { token: "WRITE", logprob: -0.5, bytes: [87] },
    { token: "DONE", logprob: -1.5, bytes: null },
  ];
  const usual = runtimeServer();
  server = fakeServer((request) =>
    (request.body as { logprobs?: boolean } | undefined)?.logprobs === undefined
      ? usual(request)
      : Response.json({ choices: [{ logprobs: { content: [{ top_logprobs: likely }] } }] }),
  );
  const model = await open(`vllm:m@${server.url}`, testDeps());
  expect(await model.nextTokens!(question, { count: 2, adapter: HASH, timeoutMs: 1000 })).toEqual([
    { token: "WRITE", logProbability: -0.5 },
    { token: "DONE", logProbability: -1.5 },
  ]);
  await model.nextTokens!(question, { count: 2, timeoutMs: 1000 });
  const [under, base] = server.requests.slice(-2).map(({ body }) => body as Record<string, unknown>);
  expect(under).toMatchObject({ model: HASH, cache_salt: HASH, max_tokens: 1, top_logprobs: 2 });
  expect([base?.model, base?.cache_salt]).toEqual(["m", undefined]);
});
