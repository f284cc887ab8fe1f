/** Errors of the npm package `openai` as provider faults, by their shape. Pure. */
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
  /** `error` of the body; all of the body where it has none. */
  error?: unknown;
  headers?: Headers | undefined;
}

/** The fault for an error before the first chunk. */
export function requestFault(cause: unknown, context: FaultContext): AutomemError {
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
  return httpFault({ status, message: serverMessage(cause, error), body: error, ...waitHeaders(headers) }, context);
}

/** What the server says: `{"message"}`, `{"detail"}` or a text; otherwise the package's words, without the status that it puts first. */
function serverMessage(cause: unknown, error: unknown): string {
  const { message, detail } = (error ?? {}) as { message?: unknown; detail?: unknown };
  const said = [error, message, detail].find((part) => typeof part === "string");
  return typeof said === "string"
    ? said
    : messageOf(cause)
        .replace(/^\d{3} /, "")
        .slice(0, 500);
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
