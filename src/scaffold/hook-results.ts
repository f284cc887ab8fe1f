/** Schemas and size limits of everything that comes out of the sandbox. */
import * as v from "valibot";
import type { JsonObject } from "../core/json.ts";
import { HandlerOutcome, OperationSpec } from "../core/scaffold.ts";
import { resultLimits } from "./sandbox/limits.ts";

const text = (limit: number) =>
  v.pipe(
    v.string(),
    v.maxLength(limit, (issue) => `has ${issue.input.length} characters; ${limit} at most`),
  );

/** Objects as `JSON.parse` makes them; what they hold is JSON by that. */
const plainObject = v.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "is not an object",
);

/** The two answers of the prelude to loading a package; a hook that failed answers the second. */
export const GuestAnswer = v.union([
  v.object({ ok: v.unknown() }),
  v.object({ failed: v.object({ name: v.string(), message: v.string(), stack: v.string() }) }),
]);

export const HookAnswer = v.object({ value: v.unknown(), state: text(resultLimits.state) });
export type HookAnswer = v.InferOutput<typeof HookAnswer>;

export const PackageShape = v.object({
  hooks: v.array(v.string()),
  unknown: v.array(v.string()),
  operations: v.pipe(v.array(OperationSpec), v.maxLength(resultLimits.operations)),
  hiddenOperations: v.array(v.string()),
});
export type PackageShape = v.InferOutput<typeof PackageShape>;

export const PromptResult = v.pipe(text(resultLimits.prompt), v.minLength(1, "is empty"));
export const ActionResult = text(resultLimits.actionName);
export const InitFilesResult = v.record(text(256), text(resultLimits.initFiles));
export const SignalsResult = v.nullable(plainObject);
export const RejectionResult = v.nullable(v.pipe(text(resultLimits.message), v.minLength(1, "is empty")));
export const NothingResult = v.unknown();

export const OperationVerdictResult = v.nullable(
  v.variant("verdict", [
    v.strictObject({ verdict: v.literal("allow") }),
    v.strictObject({ verdict: v.literal("refuse"), text: text(resultLimits.message) }),
    v.strictObject({
      verdict: v.literal("rewrite"),
      operation: v.strictObject({
        name: text(64),
        arguments: v.pipe(v.array(text(resultLimits.initFiles)), v.maxLength(8)),
      }),
    }),
  ]),
);

export const HandlerResult = v.pipe(
  HandlerOutcome,
  v.check((outcome) => outcome.text.length <= resultLimits.message, `text: ${resultLimits.message} characters at most`),
);
