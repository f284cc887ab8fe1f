/** What becomes of a server's own words, in the forms that servers have for them, and of a model list that is none. */
import { afterEach, describe, expect, test } from "bun:test";
import { openAiDialect } from "../../conformance/dialects/openai.ts";
import { callOptions, type FakeServer, fakeServer, faultOf, open, question, testDeps } from "../support.ts";

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const opened = (chat: () => Response, list = () => Response.json({ data: [{ id: "m", max_model_len: 2048 }] })) => {
  server = fakeServer(({ path }) => {
    if (path === "/v1/models") return list();
    return path === "/v1/chat/completions" ? chat() : new Response("not here", { status: 404 });
  });
  return open(`openai:m@${server.url}/v1`, testDeps());
};

describe("the words of a refusal", () => {
  test.each([
    ["an error object", { error: { message: "top_k is unknown", code: 7 } }],
    ["an error text", { error: "top_k is unknown" }],
    ["a message", { object: "error", message: "top_k is unknown" }],
    ["a detail", { detail: "top_k is unknown" }],
  ])("are found in %s", async (_, body) => {
    const model = await opened(() => Response.json(body, { status: 400 }));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.data.status, fault.data.serverMessage]).toEqual(["refused", 400, "top_k is unknown"]);
  });

  test("are the text itself where it is no JSON, the status said once", async () => {
    const model = await opened(() => new Response("no such route", { status: 400 }));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect(fault.data.serverMessage).toBe("no such route");
    expect(fault.message).toContain("HTTP 400: no such route");
  });

  test("are cut where they are long", async () => {
    const model = await opened(() => new Response("x".repeat(10_000), { status: 400 }));
    expect(String((await faultOf(model.chat(question, callOptions()))).data.serverMessage)).toHaveLength(500);
  });

  test("are kept where the error comes inside the stream", async () => {
    const model = await opened(() => openAiDialect.brokenInside(["Par"]));
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.data.serverMessage]).toEqual(["server-error", "out of memory"]);
  });
});

describe("a server whose list of models", () => {
  test.each([
    ["is malformed", () => new Response("{nonsense", { headers: { "content-type": "application/json" } })],
    ["is a page", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["is of another form", () => Response.json({ models: ["m"] })],
    ["is not there", () => new Response("not here", { status: 404 })],
    ["may not be read", () => new Response("", { status: 405 })],
  ])("%s is taken as it is", async (_, list) => {
    const model = await opened(() => openAiDialect.reply(["Paris."]), list);
    expect((await model.chat(question, callOptions())).text).toBe("Paris.");
  });
});

test("no request is given up by Bun's own limit of silence, and each says the key", async () => {
  server = fakeServer((request) =>
    openAiDialect.isChat(request) ? openAiDialect.reply(["Paris."]) : openAiDialect.page(request),
  );
  const inits: Record<string, unknown>[] = [];
  const watched = (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    inits.push({ ...init });
    return fetch(input, init);
  };
  const deps = testDeps({ fetch: Object.assign(watched, { preconnect: fetch.preconnect }) });
  const model = await open(`openai:m@${server.url}/v1`, deps);
  await model.chat(question, callOptions({ timeoutMs: 60_000.5 }));
  expect(inits.map(({ timeout }) => timeout)).toEqual([false, false]);
  expect(server.requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer none", "Bearer none"]);
});
