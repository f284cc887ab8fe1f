/** An Ollama server. */
import { streamed } from "../../inference/support.ts";
import { type Dialect, notHere, type Request } from "./dialect.ts";

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const piece = (content: string) => line({ message: { role: "assistant", content }, done: false });
const end = (tokens: number) => line({ done: true, done_reason: "stop", prompt_eval_count: 40, eval_count: tokens });
const lines = (all: readonly string[], open = false) => streamed(all, { contentType: "application/x-ndjson", open });

interface Body {
  tools: { function: { name: string; parameters: { properties: Record<string, unknown> } } }[];
  messages: { role: string; content: string; tool_calls?: { function: { name: string; arguments: unknown } }[] }[];
}

/** Ollama parses what the model wrote; what is no JSON would arrive as a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Left as it is.
    return text;
  }
}

export const ollamaDialect: Dialect = {
  provider: "ollama",
  modelAt: (url) => `ollama:m@${url}`,
  isChat: ({ path }) => path === "/api/chat",
  page,
  otherModel: (request) =>
    request.path === "/api/show" ? Response.json({ error: "model 'm' not found" }, { status: 404 }) : page(request),
  reply: (pieces) => lines([...pieces.map(piece), end(pieces.length)]),
  toolReply: (text, calls) =>
    lines([
      ...(text === "" ? [] : [piece(text)]),
      ...calls.map(({ name, arguments: written }) =>
        line({
          message: { role: "assistant", content: "", tool_calls: [{ function: { name, arguments: parsed(written) } }] },
          done: false,
        }),
      ),
      end(7),
    ]),
  readTools: (body) => {
    const { tools, messages } = body as Body;
    return {
      tools: Object.fromEntries(tools.map(({ function: f }) => [f.name, Object.keys(f.parameters.properties)])),
      calls: messages.flatMap(({ tool_calls }) => tool_calls ?? []).map((call) => call.function),
      results: messages.filter(({ role }) => role === "tool").map(({ content }) => content),
    };
  },
  emptyReply: () => lines([end(0)]),
  cut: (pieces) => lines(pieces.map(piece)),
  stalled: (pieces) => lines(pieces.map(piece), true),
  malformed: () => lines(["nonsense\n", end(0)]),
  nothing: () => lines([line({ done: true, done_reason: "load" })]),
  brokenInside: (pieces) => lines([...pieces.map(piece), line({ error: "out of memory" })]),
  error: (status, message, headers = {}) => Response.json({ error: message }, { status, headers }),
  overflow: () => Response.json({ error: "prompt (length 9000) exceeds the context of 2048" }, { status: 400 }),
};

function page({ path }: Request): Response {
  if (path === "/api/show") return Response.json({ model_info: { "llama.context_length": 2048 } });
  if (path === "/api/tags") return Response.json({ models: [{ name: "m:latest", digest: "d" }] });
  return path === "/api/version" ? Response.json({ version: "0.17.4" }) : notHere();
}
