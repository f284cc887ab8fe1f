/** Anthropic's Messages API, as its documentation gives the wire format (tests/fixtures/inference/SOURCE.md); never recorded. */
import { type Dialect, eventStream, type Request } from "./dialect.ts";

const event = (type: string, fields: Record<string, unknown> = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const start = [
  event("message_start", {
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 30, output_tokens: 1 },
    },
  }),
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  event("ping"),
];
const piece = (text: string) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
const end = (tokens: number) => [
  event("content_block_stop", { index: 0 }),
  event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: tokens } }),
  event("message_stop"),
];
const fault = (type: string, message: string) => ({ type: "error", error: { type, message } });

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

interface Body {
  tools: { name: string; input_schema: { properties: Record<string, unknown> } }[];
  messages: { content: { type: string; name: string; input: unknown; content: string }[] }[];
}

export const anthropicDialect: Dialect = {
  provider: "anthropic",
  modelAt: (url) => `anthropic:m@${url}`,
  temperature: 1,
  env: { ANTHROPIC_API_KEY: "sk-ant-test" },
  isChat: ({ path }) => path === "/v1/messages",
  page,
  otherModel: () => Response.json(fault("not_found_error", "model: m"), { status: 404 }),
  reply: (pieces) => eventStream([...start, ...pieces.map(piece), ...end(pieces.length)]),
  toolReply: (text, calls) =>
    eventStream([
      ...start,
      ...(text === "" ? [] : [piece(text)]),
      ...calls.flatMap(({ id, name, arguments: written }, place) => {
        const index = place + 1;
        const half = Math.ceil(written.length / 2);
        const part = (partial_json: string) =>
          event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json } });
        return [
          event("content_block_start", { index, content_block: { type: "tool_use", id, name, input: {} } }),
          part(written.slice(0, half)),
          part(written.slice(half)),
          event("content_block_stop", { index }),
        ];
      }),
      event("message_delta", { delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 7 } }),
      event("message_stop"),
    ]),
  readTools: (body) => {
    const { tools, messages } = body as Body;
    const blocks = messages.flatMap(({ content }) => content);
    return {
      tools: Object.fromEntries(tools.map((tool) => [tool.name, Object.keys(tool.input_schema.properties)])),
      calls: blocks.filter(({ type }) => type === "tool_use").map(({ name, input }) => ({ name, arguments: input })),
      results: blocks.filter(({ type }) => type === "tool_result").map(({ content }) => content),
    };
  },
  emptyReply: () => eventStream([...start, ...end(0)]),
  cut: (pieces) => eventStream([...start, ...pieces.map(piece)]),
  stalled: (pieces) => eventStream([...start, ...pieces.map(piece)], true),
  malformed: () => eventStream([...start, "event: content_block_delta\ndata: {nonsense\n\n", ...end(0)]),
  nothing: () => eventStream([...start, event("message_stop")]),
  brokenInside: (pieces) =>
    eventStream([
      ...start,
      ...pieces.map(piece),
      `event: error\ndata: ${JSON.stringify(fault("overloaded_error", "Overloaded"))}\n\n`,
    ]),
  error: (status, message, headers = {}) =>
    Response.json(fault(TYPES[status] ?? "api_error", message), { status, headers }),
  overflow: () =>
    Response.json(fault("invalid_request_error", "prompt is too long: 9000 tokens > 2048 maximum"), { status: 400 }),
};

const capabilities = {
  structured_outputs: { supported: true },
  thinking: { supported: true, types: { disabled: { supported: true }, adaptive: { supported: true } } },
};

function page({ path }: Request): Response {
  if (path === "/v1/models/m") {
    return Response.json({
      type: "model",
      id: "m",
      display_name: "M",
      max_input_tokens: 2048,
      max_tokens: 2048,
      capabilities,
    });
  }
  if (path === "/v1/messages/count_tokens") return Response.json({ input_tokens: 40 });
  return new Response("not here", { status: 404 });
}
