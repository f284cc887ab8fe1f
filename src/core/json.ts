/** JSON values, their schema, and their canonical text (RFC 8785), which is what records are hashed over. */
import canonicalize from "canonicalize";
import * as v from "valibot";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const Json: v.GenericSchema<Json> = v.lazy(() => oneLevel);
export const JsonObject: v.GenericSchema<JsonObject> = v.record(v.string(), Json);

/** Made once: `lazy` asks for it again at each value. */
const oneLevel = v.union([
  v.null(),
  v.boolean(),
  v.pipe(v.number(), v.finite()),
  v.string(),
  v.array(Json),
  v.record(v.string(), Json),
]);

/** RFC 8785 text of a JSON value: equal values give equal text. Throws `TypeError` on what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("value has no JSON form");
  return text;
}

/** As its JSON text has it: what is undefined is left out. Throws `TypeError` on what JSON cannot hold. */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
