/** A validator of a part of a request whose refusals look like all others. */
import type { ValidationTargets } from "hono";
import { validator } from "hono-openapi";
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";

/** Throws `ConfigError` `bad-request`, which becomes an answer with status 400. */
export function valid<Target extends keyof ValidationTargets, Schema extends v.GenericSchema>(
  target: Target,
  schema: Schema,
) {
  return validator(target, schema, (result) => {
    if (result.success) return;
    const [issue] = result.error as readonly [v.BaseIssue<unknown>];
    throw new ConfigError(`${v.getDotPath(issue) ?? target}: ${issue.message}`, { code: "bad-request" });
  });
}
