/** Errors of the npm package `openai` as provider faults. Pure but for the dynamic class check by shape. */
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

/** The fault for an error before the first chunk. */
export function requestFault(cause: unknown, context: FaultContext): AutomemError {
  if (cause instanceof AutomemError) return cause;
  const typed = findTyped(cause);
  if (typed !== undefined) return typed;
  const { status } = cause as ApiErrorShape;
  return typeof status === "number" ? statusFault(cause, status, context) : unreachableFault(rootCause(cause), context);
}

/** The fault for an error after the stream began: the server's own error, malformed JSON, or a lost connection. */
export function streamFault(cause: unknown, context: FaultContext): AutomemError {
  const typed = findTyped(cause);
  if (typed !== undefined) return typed;
  if (cause instanceof SyntaxError) return badResponseFault(context, "an event that is not JSON", cause);
  const { error } = cause as ApiErrorShape;
  if (error !== undefined) return statusFault(cause, 500, context);
  return streamCutFault(context, rootCause(cause));
}

function statusFault(cause: unknown, status: number, context: FaultContext): AutomemError {
  const { error, headers } = cause as ApiErrorShape;
  const own = (error as { message?: unknown } | null | undefined)?.message;
  const message = typeof own === "string" ? own : messageOf(cause);
  return httpFault({ status, message, body: error, ...waitHeaders(headers) }, context);
}

export function findTyped(cause: unknown): AutomemError | undefined {
  for (let link = cause; link instanceof Error; link = link.cause) if (link instanceof AutomemError) return link;
  return undefined;
}

export function rootCause(cause: unknown): unknown {
  let root = cause;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}
