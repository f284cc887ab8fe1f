/** Schemas of the params of each method. Wire form: docs/protocol.md, kind `engine`. */
import * as v from "valibot";
import { EngineFault, INVALID_PARAMS } from "./faults.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const Message = v.object({ role: v.picklist(["system", "user", "assistant"]), content: v.string() });
export type Message = v.InferOutput<typeof Message>;

export const InitializeParams = v.object({
  protocolVersion: v.literal(1),
  model: v.pipe(v.string(), v.minLength(1)),
  contextTokens: v.pipe(v.number(), v.integer(), v.minValue(64)),
  sequences: v.optional(v.pipe(Positive, v.maxValue(256)), 1),
  threads: v.nullish(v.pipe(Positive, v.maxValue(1024))),
  gpu: v.nullish(v.boolean()),
});
export type InitializeParams = v.InferOutput<typeof InitializeParams>;

export const Sampling = v.object({
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(5)),
  maxTokens: Positive,
  topP: v.nullish(Share),
  topK: v.nullish(Positive),
  minP: v.nullish(Share),
  seed: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
  stop: v.nullish(v.array(v.string())),
});
export type Sampling = v.InferOutput<typeof Sampling>;

export const ChatParams = v.object({
  messages: v.pipe(v.array(Message), v.minLength(1)),
  sampling: Sampling,
  cacheKey: v.nullish(v.string()),
  adapter: v.nullish(v.string()),
  grammar: v.nullish(v.pipe(v.string(), v.minLength(1))),
  stream: v.nullish(v.boolean()),
});
export type ChatParams = v.InferOutput<typeof ChatParams>;

export const TokenizeParams = v.union([
  v.object({ messages: v.pipe(v.array(Message), v.minLength(1)) }),
  v.object({ text: v.string() }),
]);

export const NextTokensParams = v.object({
  messages: v.pipe(v.array(Message), v.minLength(1)),
  count: v.pipe(Positive, v.maxValue(1000)),
  cacheKey: v.nullish(v.string()),
  adapter: v.nullish(v.string()),
});
export type NextTokensParams = v.InferOutput<typeof NextTokensParams>;

const AdapterId = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

export const LoadAdapterParams = v.object({
  id: AdapterId,
  path: v.pipe(v.string(), v.minLength(1)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type LoadAdapterParams = v.InferOutput<typeof LoadAdapterParams>;

export const UnloadAdapterParams = v.object({ id: AdapterId });

/** The params, checked. Throws `EngineFault` with the field at fault. */
export function checkParams<const S extends v.GenericSchema>(
  schema: S,
  params: unknown,
  method: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, params);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? "params";
  throw new EngineFault(INVALID_PARAMS, "bad-params", `${method}: ${field}: ${issue.message}`);
}
