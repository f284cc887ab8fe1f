/** An OpenAI-compatible server; vLLM speaks the same, with a few pages of its own. */
import { type Dialect, type DialectCall, data, eventStream, notHere, type Request, type ToolsSent } from "./dialect.ts";

const DONE = "data: [DONE]\n\n";
const piece = (content: string) => data({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const finish = data({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const usage = (tokens: number) => data({ choices: [], usage: { prompt_tokens: 40, completion_tokens: tokens } });

/** The head of a call, then its arguments in two pieces. */
export function callPieces({ id, name, arguments: text }: DialectCall, index: number): string[] {
  const delta = (call: Record<string, unknown>) =>
    data({ choices: [{ index: 0, delta: { tool_calls: [{ index, ...call }] }, finish_reason: null }] });
  const half = Math.ceil(text.length / 2);
  return [
    delta({ id, type: "function", function: { name, arguments: "" } }),
    delta({ function: { arguments: text.slice(0, half) } }),
    delta({ function: { arguments: text.slice(half) } }),
  ];
}

interface Body {
  tools: { function: { name: string; parameters: { properties: Record<string, unknown> } } }[];
  messages: { role: string; content: string; tool_calls?: { function: { name: string; arguments: string } }[] }[];
}

export function readTools(body: unknown): ToolsSent {
  const { tools, messages } = body as Body;
  const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  return {
    tools: Object.fromEntries(tools.map(({ function: f }) => [f.name, Object.keys(f.parameters.properties)])),
    calls: calls.map(({ function: f }) => ({ name: f.name, arguments: JSON.parse(f.arguments) })),
    results: messages.filter(({ role }) => role === "tool").map(({ content }) => content),
  };
}

export const openAiDialect: Dialect = {
  provider: "openai",
  modelAt: (url) => `openai:m@${url}/v1`,
  isChat: ({ path }) => path === "/v1/chat/completions",
  page: (request) => modelList(request, "m"),
  otherModel: (request) => modelList(request, "other"),
  reply: (pieces) => eventStream([...pieces.map(piece), finish, usage(pieces.length), DONE]),
  toolReply: (text, calls) =>
    eventStream([
      ...(text === "" ? [] : [piece(text)]),
      ...calls.flatMap(callPieces),
      data({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
      usage(7),
      DONE,
    ]),
  readTools,
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
