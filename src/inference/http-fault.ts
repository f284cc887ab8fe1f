/** HTTP failures as provider faults. Pure. */
import { type FaultDetails, messageOf, ProviderError } from "../core/errors.ts";
import { readOverflow } from "./overflow.ts";

export interface HttpFailure {
  status: number;
  /** The server's own words. */
  message: string;
  /** The whole error body, parsed where it is JSON. */
  body?: unknown;
  /** Value of the `Retry-After` header: seconds or a date. */
  retryAfter?: string | null | undefined;
  /** Value of the `Retry-After-Ms` header. */
  retryAfterMs?: string | null | undefined;
  /** Value of the `Date` header. */
  date?: string | null | undefined;
}

export interface FaultContext {
  /** As the user names it. */
  modelName: string;
  /** Base URL of the server, without credentials. */
  server: string;
  /** What to do when the server is not there. */
  startHint: string;
  /** What to do when the server does not have the model. */
  modelHint: string;
  /** What to do when the server rejects the caller. */
  accessHint: string;
  contextTokens?: number | undefined;
}

/** The fault for an answer with an error status. */
export function httpFault(failure: HttpFailure, context: FaultContext): ProviderError {
  const { status, message } = failure;
  const { modelName, server } = context;
  const data: Record<string, unknown> = { status, server, serverMessage: message };
  const said = `${modelName} at ${server}: HTTP ${status}: ${message}`;
  const fault = (text: string, details: FaultDetails): ProviderError =>
    new ProviderError(text, { ...details, data: { ...data, ...details.data } });
  const retryAfterMs = readRetryAfter(failure);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const overflow = readOverflow(message, failure.body);
  if (overflow !== undefined) {
    return fault(
      `${said} The prompt does not fit: use a larger context, a shorter prompt or fewer tokens for the reply.`,
      {
        code: "context-overflow",
        data: { contextTokens: context.contextTokens, ...overflow },
      },
    );
  }
  if (status === 401 || status === 403) return fault(`${said} ${context.accessHint}`, { code: "refused" });
  if (status === 404) return fault(`${said} ${context.modelHint}`, { code: "model-missing" });
  if (status === 429) {
    const retryable = !/insufficient_quota|exceeded your current quota/i.test(
      `${message} ${JSON.stringify(failure.body)}`,
    );
    const advice = retryable ? "Wait, or run fewer episodes in parallel." : "The account has no quota left.";
    return fault(`${said} ${advice}`, { code: "rate-limited", retryable, data: wait });
  }
  if (status >= 500 || status === 408) {
    return fault(`${said} Look into the server's log.`, { code: "server-error", retryable: true, data: wait });
  }
  return fault(`${said} The server does not accept this request.`, { code: "refused" });
}

/** The fault for a request that got no answer at all. */
export function unreachableFault(cause: unknown, context: FaultContext): ProviderError {
  return new ProviderError(`No server answers at ${context.server} (${messageOf(cause)}). ${context.startHint}`, {
    code: "unreachable",
    data: { server: context.server },
    cause,
    retryable: true,
  });
}

/** The fault for an answer that ended before its end marker. */
export function streamCutFault(context: FaultContext, cause?: unknown): ProviderError {
  const reason = cause === undefined ? "" : ` (${messageOf(cause)})`;
  return new ProviderError(
    `The answer of ${context.modelName} at ${context.server} broke off before its end${reason}. Look whether the server was stopped or ran out of memory.`,
    { code: "stream-cut", data: { server: context.server }, cause, retryable: true },
  );
}

/** The fault for an answer that is not what the server's API promises. */
export function badResponseFault(context: FaultContext, what: string, cause?: unknown): ProviderError {
  return new ProviderError(`${context.modelName} at ${context.server} answered ${what}. Is this the right address?`, {
    code: "bad-response",
    data: { server: context.server },
    cause,
    retryable: true,
  });
}

/** The fault for a finished answer that holds nothing. */
export function emptyResponseFault(context: FaultContext, detail: string): ProviderError {
  return new ProviderError(
    `${context.modelName} at ${context.server} answered with no content and no tokens (${detail}).`,
    {
      code: "empty-response",
      data: { server: context.server },
      retryable: true,
    },
  );
}

/** A URL without user name and password, for messages. */
export function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href.replace(/\/$/, "");
}

/** The headers by which servers say when to come back. */
export function waitHeaders(headers: Headers | undefined): Pick<HttpFailure, "retryAfter" | "retryAfterMs" | "date"> {
  return {
    retryAfter: headers?.get("retry-after"),
    retryAfterMs: headers?.get("retry-after-ms"),
    date: headers?.get("date"),
  };
}

/** Milliseconds to wait, from `Retry-After` in seconds or as a date (read against the answer's own `Date`), or `Retry-After-Ms`. */
export function readRetryAfter({ retryAfter, retryAfterMs, date }: Partial<HttpFailure>): number | undefined {
  const exact = readNonNegative(retryAfterMs);
  if (exact !== undefined) return Math.ceil(exact);
  const seconds = readNonNegative(retryAfter);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const until = Date.parse(retryAfter ?? "") - Date.parse(date ?? "");
  return Number.isFinite(until) ? Math.max(0, until) : undefined;
}

function readNonNegative(value: string | null | undefined): number | undefined {
  const number = value == null || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
