/** An Ollama server. */
import { streamed } from "../../inference/support.ts";
import { type Dialect, notHere, type Request } from "./dialect.ts";

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const piece = (content: string) => line({ message: { role: "assistant", content }, done: false });
const end = (tokens: number) => line({ done: true, done_reason: "stop", prompt_eval_count: 40, eval_count: tokens });
const lines = (all: readonly string[], open = false) => streamed(all, { contentType: "application/x-ndjson", open });

export const ollamaDialect: Dialect = {
  provider: "ollama",
  modelAt: (url) => `ollama:m@${url}`,
  isChat: ({ path }) => path === "/api/chat",
  page,
  otherModel: (request) =>
    request.path === "/api/show" ? Response.json({ error: "model 'm' not found" }, { status: 404 }) : page(request),
  reply: (pieces) => lines([...pieces.map(piece), end(pieces.length)]),
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
