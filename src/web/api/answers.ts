/** How the API says what it cannot do: every fault as JSON with its code, under the status that fits. */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AutomemError, ConfigError, messageOf } from "../../core/errors.ts";
import { refusal } from "../security.ts";

/** A name that means nothing, or more than one thing. */
const notFound = /^(unknown|no-such|ambiguous|empty|which)-/;

/** 404 for a name that is not there, 400 for a request that cannot be used, 500 for all else. */
export function answerFault(thrown: Error, context: Context): Response {
  if (thrown instanceof HTTPException) return context.json(refusal("bad-request", thrown.message), thrown.status);
  const code = thrown instanceof AutomemError ? thrown.code : "bug";
  return context.json(refusal(code, messageOf(thrown)), statusOf(thrown));
}

function statusOf(thrown: Error): ContentfulStatusCode {
  if (!(thrown instanceof ConfigError)) return 500;
  return notFound.test(thrown.code) ? 404 : 400;
}
