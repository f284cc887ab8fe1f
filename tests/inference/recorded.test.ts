/** The providers on answers recorded from a real server (tests/fixtures/inference/SOURCE.md). */
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { callOptions, type FakeServer, fakeServer, faultOf, open, question, testDeps } from "./support.ts";

const folder = join(import.meta.dir, "..", "fixtures", "inference");
const recorded = (file: string, status = 200, type = "application/json") =>
  new Response(Bun.file(join(folder, file)), { status, headers: { "content-type": type } });

let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe("a recorded Ollama", () => {
  function start(chat: () => Response): FakeServer {
    server = fakeServer(({ path }) => {
      if (path === "/api/chat") return chat();
      return recorded(`ollama-${path.split("/").at(-1)}.json`);
    });
    return server;
  }

  test("is opened and answers", async () => {
    const { url } = start(() => recorded("ollama-chat.ndjson", 200, "application/x-ndjson"));
    const model = await open(`ollama:smol@${url}`, testDeps());
    expect(model.identity).toMatchObject({
      digest: "d981310cd4cea8ae7c739c32e72e0a708dbfce1885ac38208f5e8b637a733d2d",
      serverVersion: "ollama 0.17.4",
    });
    expect(await model.chat(question, callOptions())).toMatchObject({
      text: "The capital of France is Paris, a city steeped in history and culture.",
      finishReason: "stop",
      usage: { promptTokens: 22, generatedTokens: 16 },
    });
  });

  test("refuses a model it does not have and a prompt that does not fit", async () => {
    const answers = [recorded("ollama-missing.json", 404), recorded("ollama-overflow.json", 400)];
    const { url } = start(() => answers.shift() as Response);
    const model = await open(`ollama:smol@${url}`, testDeps());
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("model-missing");
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("context-overflow");
  });
});

describe("a recorded OpenAI-compatible server", () => {
  function start(chat: () => Response): FakeServer {
    server = fakeServer(({ path }) => {
      if (path === "/v1/models") return recorded("openai-models.json");
      if (path === "/v1/chat/completions") return chat();
      return path === "/api/version"
        ? recorded("ollama-version.json")
        : new Response("404 page not found", { status: 404 });
    });
    return server;
  }

  test("is opened and answers", async () => {
    const { url } = start(() => recorded("openai-chat.sse", 200, "text/event-stream"));
    const model = await open(`openai:smol@${url}/v1`, testDeps());
    expect(model.identity.serverVersion).toBe("ollama 0.17.4");
    expect(await model.chat(question, callOptions())).toMatchObject({
      text: "The capital of France is Paris, a city steeped in history and culture.",
      finishReason: "stop",
      usage: { promptTokens: 22, generatedTokens: 16 },
    });
  });

  test("refuses a model it does not have", async () => {
    const { url } = start(() => recorded("openai-missing.json", 404));
    const model = await open(`openai:smol@${url}/v1`, testDeps());
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("model-missing");
  });
});
