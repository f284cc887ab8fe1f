/** One streamed request to llama-server's OpenAI endpoint. Some versions say what broke in an event's `error` field, which the package `openai` drops. */
import { readEvents, type ServerEvent } from "../event-stream.ts";
import { badResponseFault, type FaultContext, httpFault, streamCutFault } from "../http-fault.ts";
import { errorMessage, type JsonRequest, type JsonServer, requestGood } from "../json-request.ts";

const END_MARK = "[DONE]";

/**
 * The events of the answer, parsed; their shape is the caller's to check. Throws `ProviderError`: `unreachable`, what the status says, or
 * `bad-response` for what is no event stream. Reading on throws what the server says in the stream, `stream-cut` or `bad-response`.
 */
export async function streamChat(server: JsonServer, request: JsonRequest): Promise<AsyncIterable<unknown>> {
  const response = await requestGood(server, request);
  const type = response.headers.get("content-type") ?? "";
  if (response.body !== null && type.includes("event-stream")) return readChunks(response.body, server.context);
  // A proxy's page, or a server that cannot stream.
  const start = (await response.text()).slice(0, 200);
  throw badResponseFault(server.context, `${type || "something"} instead of an event stream: ${JSON.stringify(start)}`);
}

/** The body is read to its end, past the end mark too: only so can the connection be used again. */
async function* readChunks(body: ReadableStream<Uint8Array>, context: FaultContext): AsyncGenerator<unknown> {
  const events = readEvents(body);
  let ended = false;
  try {
    for (;;) {
      const next = await events.next().catch((cause: unknown) => {
        throw streamCutFault(context, cause);
      });
      if (next.done) return;
      ended ||= next.value.data.startsWith(END_MARK);
      if (!ended) yield readChunk(next.value, context);
    }
  } finally {
    await events.return(undefined);
  }
}

function readChunk({ data, other }: ServerEvent, context: FaultContext): unknown {
  const text = other.error ?? data;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badResponseFault(context, "an event that is not JSON", cause);
  }
  const failed = other.error !== undefined || (value as { error?: unknown } | null)?.error != null;
  if (failed) throw httpFault({ status: 500, ...errorMessage(text) }, context);
  return value;
}
