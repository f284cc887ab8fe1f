/** A tool's parameters as JSON schema, which every server takes. Pure. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type { JsonObject } from "../../core/json.ts";
import type { ToolSpec } from "../../core/tool-calls.ts";

/** Equal parameters give equal schemas. Throws where the parameters hold what JSON schema cannot say: a bug of the tool's author. */
export function parameterSchema({ parameters }: ToolSpec): JsonObject {
  const { $schema: _, ...schema } = toJsonSchema(parameters, { target: "draft-07", typeMode: "input" });
  return JSON.parse(JSON.stringify(schema)) as JsonObject;
}
