/** The client of the npm package `openai`, set up for servers of any kind. */
import type { OpenAI } from "openai";
import { badResponseFault, type FaultContext } from "../http-fault.ts";

export interface ClientSettings {
  fetch: typeof fetch;
  /** Without a slash at the end. */
  baseUrl: string;
  key: string;
  context: FaultContext;
}

/** The package's own limit must not come before ours, which names the fault: the most that a timer can be set to, 24 days. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Loads the package on first use. It never tries again by itself: which faults pass, and when, is decided in one place for all providers. */
export async function openClient({ fetch: send, baseUrl, key, context }: ClientSettings): Promise<OpenAI> {
  const { OpenAI: Client } = await import("openai");
  return new Client({
    baseURL: baseUrl,
    apiKey: key,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: "off",
    fetch: (input, init) => sendChecked(send, context, input, init),
  });
}

/** `fetch` that refuses a good answer to a chat call which is no event stream: a proxy's page, or a server that cannot stream. */
async function sendChecked(
  send: typeof fetch,
  context: FaultContext,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  // A server may think for longer than the five minutes of silence that Bun allows.
  const response = await send(input, { ...init, timeout: false } as RequestInit);
  if (init?.method !== "POST" || !response.ok) return response;
  const type = response.headers.get("content-type") ?? "";
  if (response.body !== null && type.includes("event-stream")) return new Response(toItsEnd(response.body), response);
  const start = (await response.text()).slice(0, 200);
  throw badResponseFault(context, `${type || "something"} instead of an event stream: ${JSON.stringify(start)}`);
}

/** The package stops reading at the end mark; the rest is read for it, as only then can the connection be used again. */
function toItsEnd(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        while (!(await reader.read()).done);
      },
    },
    { highWaterMark: 0 },
  );
}
