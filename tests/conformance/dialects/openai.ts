/** An OpenAI-compatible server; vLLM speaks the same, with a few pages of its own. */
import { type Dialect, data, eventStream, notHere, type Request } from "./dialect.ts";

const DONE = "data: [DONE]\n\n";
const piece = (content: string) => data({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const finish = data({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const usage = (tokens: number) => data({ choices: [], usage: { prompt_tokens: 40, completion_tokens: tokens } });

export const openAiDialect: Dialect = {
  provider: "openai",
  modelAt: (url) => `openai:m@${url}/v1`,
  isChat: ({ path }) => path === "/v1/chat/completions",
  page: (request) => modelList(request, "m"),
  otherModel: (request) => modelList(request, "other"),
  reply: (pieces) => eventStream([...pieces.map(piece), finish, usage(pieces.length), DONE]),
  emptyReply: () => eventStream([finish, usage(0), DONE]),
  cut: (pieces) => eventStream(pieces.map(piece)),
  stalled: (pieces) => eventStream(pieces.map(piece), true),
  malformed: () => eventStream(["data: {nonsense\n\n", DONE]),
  nothing: () => eventStream([usage(0), DONE]),
  brokenInside: (pieces) => eventStream([...pieces.map(piece), data({ error: { message: "out of memory" } })]),
  error: (status, message, headers = {}) => Response.json({ error: { message } }, { status, headers }),
  overflow: () =>
    Response.json(
      {
        error: {
          message:
            "This model's maximum context length is 2048 tokens. However, your messages resulted in 9000 tokens.",
          code: "context_length_exceeded",
        },
      },
      { status: 400 },
    ),
};

export const vllmDialect: Dialect = {
  ...openAiDialect,
  provider: "vllm",
  modelAt: (url) => `vllm:m@${url}`,
  page: (request) => vllmPage(request, "m"),
  otherModel: (request) => vllmPage(request, "other"),
  error: (status, message, headers = {}) =>
    Response.json({ error: { message, type: "BadRequestError", param: null, code: status } }, { status, headers }),
  overflow: () =>
    Response.json(
      {
        error: {
          message:
            "This model's maximum context length is 2048 tokens. However, your request has 9000 input tokens. Please reduce the length of the input messages.",
          type: "BadRequestError",
          param: "input_tokens",
          code: 400,
        },
      },
      { status: 400 },
    ),
};

function modelList({ path }: Request, id: string): Response {
  return path === "/v1/models" ? Response.json({ data: [{ id, max_model_len: 2048 }] }) : notHere();
}

function vllmPage(request: Request, id: string): Response {
  if (request.path === "/version") return Response.json({ version: "0.32.0" });
  if (request.path === "/openapi.json") return Response.json({ paths: { "/v1/chat/completions": {} } });
  if (request.path === "/tokenize") return Response.json({ count: 40, max_model_len: 2048, tokens: [] });
  return modelList(request, id);
}
