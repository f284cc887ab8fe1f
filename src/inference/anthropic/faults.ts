/** Errors of the npm package `@anthropic-ai/sdk` as provider faults. Pure but for the dynamic class check by shape. */
import { AutomemError, messageOf } from "../../core/errors.ts";
import {
  badResponseFault,
  type FaultContext,
  httpFault,
  streamCutFault,
  unreachableFault,
  waitHeaders,
} from "../http-fault.ts";

/** What is read of `APIError`; `status` is missing for connection errors and for errors inside a stream. */
interface ApiErrorShape {
  status?: number | undefined;
  error?: unknown;
  headers?: Headers | undefined;
}

/** The statuses of the error types, for errors inside a stream. Source: Anthropic's API documentation, "Errors". */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The fault for an error before the first event. */
export function requestFault(cause: unknown, context: FaultContext): AutomemError {
  const typed = cause instanceof AutomemError ? cause : findTyped(cause);
  if (typed !== undefined) return typed;
  const { status } = cause as ApiErrorShape;
  if (typeof status === "number") return statusFault(cause, status, context);
  if (cause instanceof SyntaxError) return badResponseFault(context, "with what is not JSON", cause);
  return unreachableFault(rootCause(cause), context);
}

/** The fault for an error after the stream began: the server's own error, malformed JSON, or a lost connection. */
export function streamFault(cause: unknown, context: FaultContext): AutomemError {
  const typed = findTyped(cause);
  if (typed !== undefined) return typed;
  if (cause instanceof SyntaxError) return badResponseFault(context, "an event that is not JSON", cause);
  const { error } = cause as ApiErrorShape;
  if (error === undefined) return streamCutFault(context, rootCause(cause));
  return statusFault(cause, STATUS_OF_TYPE[innerError(error).type ?? ""] ?? 500, context);
}

/** True for a 404 that is not the API's own answer about a model it does not have, but a gateway's that lacks the page. */
export function isUnknownPage(cause: unknown): boolean {
  const { status, error } = cause as ApiErrorShape;
  return status === 404 && innerError(error).type !== "not_found_error";
}

function statusFault(cause: unknown, status: number, context: FaultContext): AutomemError {
  const { error, headers } = cause as ApiErrorShape;
  const message = innerError(error).message ?? messageOf(cause);
  return httpFault({ status, message, body: error, ...waitHeaders(headers) }, context);
}

/** Of `{"type": "error", "error": {"type", "message"}}`. */
function innerError(body: unknown): { type?: string; message?: string } {
  const inner = (body as { error?: { type?: unknown; message?: unknown } } | null | undefined)?.error;
  return {
    ...(typeof inner?.type === "string" ? { type: inner.type } : {}),
    ...(typeof inner?.message === "string" ? { message: inner.message } : {}),
  };
}

/** The typed fault among the causes: the package wraps what is thrown inside it. */
function findTyped(cause: unknown): AutomemError | undefined {
  for (let link = cause; link instanceof Error; link = link.cause) if (link instanceof AutomemError) return link;
  return undefined;
}

function rootCause(cause: unknown): unknown {
  let root = cause;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}
