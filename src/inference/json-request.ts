/** Requests to a server's own JSON endpoints, with every failure as a provider fault. */
import * as v from "valibot";
import { messageOf } from "../core/errors.ts";
import { badResponseFault, type FaultContext, httpFault, unreachableFault, waitHeaders } from "./http-fault.ts";

export interface JsonServer {
  fetch: typeof fetch;
  /** Without a slash at the end. */
  baseUrl: string;
  /** Sent as a bearer token where there is one. */
  key?: string | undefined;
  context: FaultContext;
}

export interface JsonRequest {
  path: string;
  /** Sent as JSON by POST; a GET without it. */
  body?: unknown;
  signal: AbortSignal;
  /** False: the connection serves this request alone, for a server that ends it unannounced afterwards. Default true. */
  keepAlive?: boolean | undefined;
}

/** The answer, checked. Throws `ProviderError`: `unreachable`, what the status says, or `bad-response`. */
export async function requestJson<S extends v.GenericSchema>(
  server: JsonServer,
  request: JsonRequest,
  schema: S,
): Promise<v.InferOutput<S>> {
  const response = await requestGood(server, request);
  let value: unknown;
  try {
    value = await response.json();
  } catch (cause) {
    throw badResponseFault(server.context, `${request.path} with what is not JSON`, cause);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw badResponseFault(
    server.context,
    `${request.path} without what it promises (${v.getDotPath(issue) ?? "top"}: ${issue.message})`,
  );
}

/** A response with a good status; its body is not read yet. Throws `ProviderError`: `unreachable`, or what the status says. */
export async function requestGood(server: JsonServer, request: JsonRequest): Promise<Response> {
  const response = await requestAny(server, request);
  if (!response.ok) throw await statusFault(response, server.context);
  return response;
}

/** Whatever the server answers. Throws `ProviderError` (`unreachable`). */
export async function requestAny(
  server: JsonServer,
  { path, body, signal, keepAlive = true }: JsonRequest,
): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json, text/event-stream" };
  if (server.key !== undefined) headers.authorization = `Bearer ${server.key}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const init = { method: body === undefined ? "GET" : "POST", headers, signal, keepalive: keepAlive };
  try {
    // A server may think for longer than the five minutes of silence that Bun allows.
    const own = { ...init, ...(body === undefined ? {} : { body: JSON.stringify(body) }), timeout: false };
    return await server.fetch(`${server.baseUrl}${path}`, own as RequestInit);
  } catch (cause) {
    throw unreachableFault(cause, server.context);
  }
}

/** The fault of an answer with an error status, in the server's own words. */
export async function statusFault(response: Response, context: FaultContext) {
  const text = await response.text().catch((cause: unknown) => messageOf(cause));
  const { message, body } = errorMessage(text);
  const failure = { status: response.status, message: message || response.statusText, body };
  return httpFault({ ...failure, ...waitHeaders(response.headers) }, context);
}

/** What an error body says: `{"error": {"message"}}`, `{"error": "..."}`, `{"message"}`, `{"detail"}`, or the text itself. */
export function errorMessage(text: string): { message: string; body: unknown } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: the text itself is the message.
    return { message: text.slice(0, 500), body: text };
  }
  const { error, message, detail } = (body ?? {}) as { error?: unknown; message?: unknown; detail?: unknown };
  const inner = error !== null && typeof error === "object" ? (error as { message?: unknown }).message : error;
  const said = [inner, message, detail].find((part) => typeof part === "string");
  return { message: typeof said === "string" ? said : text.slice(0, 500), body };
}
