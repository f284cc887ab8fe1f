/**
 * `fetch` for the `ollama` package, which prints malformed lines and goes on, hides error bodies and takes no signal for a call.
 * Here each of these is a `ProviderError`.
 */
import { type AutomemError, messageOf } from "../../core/errors.ts";
import {
  badResponseFault,
  type FaultContext,
  httpFault,
  streamCutFault,
  unreachableFault,
  waitHeaders,
} from "../http-fault.ts";

export interface CheckedFetchOptions {
  fetch: typeof fetch;
  signal?: AbortSignal | undefined;
  context: FaultContext;
}

/** Throws for no answer and for error statuses; the body of a good answer fails on the first line that is not JSON. */
export function checkedFetch({ fetch: send, signal, context }: CheckedFetchOptions): typeof fetch {
  const checked = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    let response: Response;
    try {
      // A server may think for longer than the five minutes of silence that Bun allows.
      const own = { timeout: false, ...(signal === undefined ? {} : { signal }) };
      response = await send(input, { ...init, ...own } as RequestInit);
    } catch (cause) {
      throw unreachableFault(cause, context);
    }
    if (!response.ok) throw await statusFault(response, context);
    if (response.body === null) throw badResponseFault(context, "without a body");
    return new Response(response.body.pipeThrough(jsonLines(context)), {
      status: response.status,
      headers: { "content-type": "application/json" },
    });
  };
  return Object.assign(checked, { preconnect: send.preconnect });
}

async function statusFault(response: Response, context: FaultContext): Promise<AutomemError> {
  const text = await response.text().catch((cause: unknown) => messageOf(cause));
  let body: unknown = text;
  let message = text.slice(0, 500) || response.statusText;
  try {
    body = JSON.parse(text);
    const { error } = body as { error?: unknown };
    if (typeof error === "string") message = error;
  } catch {
    // Not JSON: the text itself is the message.
  }
  return httpFault({ status: response.status, message, body, ...waitHeaders(response.headers) }, context);
}

/** Passes bytes on, line by line, each checked to be JSON without an `error`. A last line without its end is a cut. */
function jsonLines(context: FaultContext): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
  const pass = (line: string, controller: TransformStreamDefaultController<Uint8Array>): void => {
    if (line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw badResponseFault(context, `what is not JSON: ${JSON.stringify(line.slice(0, 200))}`, cause);
    }
    const error = value === null || typeof value !== "object" ? undefined : (value as { error?: unknown }).error;
    if (typeof error === "string") throw httpFault({ status: 500, message: error, body: value }, context);
    controller.enqueue(encoder.encode(`${line}\n`));
  };
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) pass(line, controller);
    },
    flush(controller) {
      if (rest.trim() === "") return;
      try {
        JSON.parse(rest);
      } catch (cause) {
        throw rest.trimStart().startsWith("{")
          ? streamCutFault(context, cause)
          : badResponseFault(context, `what is not JSON: ${JSON.stringify(rest.slice(0, 200))}`, cause);
      }
      pass(rest, controller);
    },
  });
}
