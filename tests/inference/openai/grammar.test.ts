/** A grammar on its way to an OpenAI-compatible server, and servers that refuse or overlook it. */
import { afterEach, describe, expect, test } from "bun:test";
import type { ReplyGrammar } from "../../../src/core/grammar.ts";
import { grammarFields } from "../../../src/inference/openai/grammar.ts";
import { callOptions, type FakeServer, fakeServer, faultOf, open, question, streamed, testDeps } from "../support.ts";

const schema = { type: "object", properties: { a: { type: "string", minLength: 1, maxLength: 9 } } };
const jsonSchema: ReplyGrammar = { form: "json-schema", schema };
const gbnf: ReplyGrammar = { form: "gbnf", text: 'root ::= "a"\n' };

describe("the fields of a request", () => {
  test("are a response format with the schema, or llama-server's own grammar", () => {
    expect(grammarFields(undefined, "vllm")).toEqual({});
    expect(grammarFields(gbnf, "llama-server")).toEqual({ grammar: 'root ::= "a"\n' });
    expect(grammarFields(jsonSchema, "vllm")).toEqual({
      response_format: { type: "json_schema", json_schema: { name: "reply", strict: true, schema } },
    });
  });

  test("go to OpenAI without the lengths that it refuses, but with properties of such a name", () => {
    const tricky = { type: "object", properties: { maxLength: { type: "string", maxLength: 3 } } };
    const { response_format } = grammarFields({ form: "json-schema", schema: tricky }, "openai");
    expect(response_format?.json_schema.schema).toEqual({
      type: "object",
      properties: { maxLength: { type: "string" } },
    });
  });
});

describe("a server", () => {
  let server: FakeServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const answering = async (chat: () => Response) => {
    const started = fakeServer(({ path }) => {
      if (path === "/v1/models") return Response.json({ data: [{ id: "m", max_model_len: 4096 }] });
      return path === "/v1/chat/completions" ? chat() : new Response("", { status: 404 });
    });
    server = started;
    return open(`openai:m@${started.url}/v1`, testDeps());
  };
  const reply = (content: string) => {
    const chunk = { choices: [{ index: 0, delta: { content }, finish_reason: "stop" }] };
    return streamed([`data: ${JSON.stringify(chunk)}\n\n`, "data: [DONE]\n\n"], { contentType: "text/event-stream" });
  };

  test("that heeds the schema is asked with it, and its JSON comes back as it is", async () => {
    const model = await answering(() => reply('{"a":"b"}'));
    expect((await model.chat(question, callOptions({ grammar: jsonSchema }))).text).toBe('{"a":"b"}');
    expect(server?.requests.at(-1)?.body).toMatchObject({ response_format: { type: "json_schema" } });
  });

  test("that refuses it is told apart from other refusals, once", async () => {
    const model = await answering(() => Response.json({ error: { message: "unknown field" } }, { status: 400 }));
    const fault = await faultOf(model.chat(question, callOptions({ grammar: jsonSchema })));
    expect([fault.code, fault.retryable]).toEqual(["refused", false]);
    expect(fault.message).toContain("run without --constrain");
    expect((await faultOf(model.chat(question, callOptions()))).message).not.toContain("--constrain");
  });

  test("that overlooks it is found out at its first reply", async () => {
    const model = await answering(() => reply("I go west."));
    const fault = await faultOf(model.chat(question, callOptions({ grammar: jsonSchema })));
    expect([fault.code, fault.retryable]).toEqual(["refused", false]);
    expect(fault.message).toContain("does not heed");
  });

  test("is not sent a grammar of a form that it does not know", async () => {
    const model = await answering(() => reply("{}"));
    expect((await faultOf(model.chat(question, callOptions({ grammar: gbnf })))).code).toBe("refused");
    expect(server?.requests.some(({ path }) => path.includes("chat"))).toBe(false);
  });
});
