/** A llama-server, by its own endpoints. */
import { type Dialect, data, eventStream, notHere, type Request } from "./dialect.ts";
import { openAiDialect } from "./openai.ts";

const piece = (content: string) => data({ index: 0, content, tokens: [1], stop: false, id_slot: 0 });
const end = (tokens: number) =>
  data({
    content: "",
    stop: true,
    stop_type: "eos",
    truncated: false,
    tokens_evaluated: 40,
    tokens_predicted: tokens,
    timings: { cache_n: 30, prompt_n: 10 },
  });

export const llamaServerDialect: Dialect = {
  provider: "llama-server",
  modelAt: (url) => `llama-server:m@${url}`,
  isChat: ({ path }) => path === "/completion",
  page: (request) => page(request, "m"),
  otherModel: (request) => page(request, "other"),
  reply: (pieces) => eventStream([...pieces.map(piece), end(pieces.length)]),
  emptyReply: () => eventStream([end(0)]),
  cut: (pieces) => eventStream(pieces.map(piece)),
  stalled: (pieces) => eventStream(pieces.map(piece), true),
  malformed: () => eventStream(["data: {nonsense\n\n", end(0)]),
  nothing: () => eventStream([data({ content: "", stop: true })]),
  brokenInside: (pieces) =>
    eventStream([...pieces.map(piece), data({ error: { code: 500, message: "out of memory", type: "server_error" } })]),
  error: (status, message, headers = {}) =>
    Response.json({ error: { code: status, message, type: "server_error" } }, { status, headers }),
  overflow: () =>
    Response.json(
      {
        error: {
          code: 400,
          message: "request (9000 tokens) exceeds the available context size (2048 tokens), try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: 9000,
          n_ctx: 2048,
        },
      },
      { status: 400 },
    ),
};

/** Its OpenAI endpoint, by which tools are called. */
export const llamaServerToolDialect: Dialect = {
  ...openAiDialect,
  provider: "llama-server",
  modelAt: llamaServerDialect.modelAt,
  page: llamaServerDialect.page,
  otherModel: llamaServerDialect.otherModel,
  error: llamaServerDialect.error,
  overflow: llamaServerDialect.overflow,
};

export function page({ path, body }: Request, model: string): Response {
  if (path === "/health") return Response.json({ status: "ok" });
  if (path === "/props") {
    return Response.json({
      default_generation_settings: { n_ctx: 2048 },
      total_slots: 2,
      model_alias: model,
      model_path: `/models/${model}.gguf`,
      build_info: "b1-abc",
    });
  }
  if (path === "/lora-adapters") return Response.json([]);
  if (path === "/apply-template")
    return Response.json({ prompt: JSON.stringify((body as { messages: unknown }).messages) });
  if (path === "/tokenize") {
    const { content } = body as { content: string };
    return Response.json({ tokens: (content.match(/\w+|\W/g) ?? []).map((_, index) => index) });
  }
  return notHere();
}
