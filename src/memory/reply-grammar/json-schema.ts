/**
 * A reply's shape as a JSON schema, for servers that take one in place of a grammar. The reply is
 * `{"reply": {"look_up": [operation...]}}`, or in LOG `{"reply": {"record": [operation...]}}`, or in PLAN `{"reply": {"act": name}}`, where an
 * operation is `{"operation": "SEARCH", "file": "notes.txt", "keyword": "water"}`. ./json-reply.ts turns it into operations as text.
 * The schema keeps to what the servers share: the root is an object, every property is required, patterns are anchored and hold only
 * characters that JSON writes as they are.
 */
import type { JsonObject } from "../../core/json.ts";
import type { OperationTable } from "../operation-table.ts";
import {
  type ArgumentShape,
  argumentKeys,
  newFileName,
  type OperationForm,
  otherBlanks,
  type ReplyShape,
} from "./shape.ts";

/** Quotes and backslashes would have to be escaped, which servers count differently. */
const lineClass = '<>|"\\\\\\x00-\\x1F\\x7F';

/** Equal shapes give schemas with equal text. */
export function toJsonSchema(shape: ReplyShape, table: OperationTable): JsonObject {
  const list = (shapes: readonly OperationForm[], least: number, most: number): JsonObject => ({
    type: "array",
    items: oneOf(shapes.map((operation) => operationSchema(operation, table))),
    minItems: least,
    maxItems: most,
  });
  const replies: JsonObject[] = [];
  if (shape.lookups.length > 0) replies.push(object({ look_up: list(shape.lookups, 1, shape.lookupsAtMost) }));
  if (shape.actions !== undefined) replies.push(object({ act: { type: "string", enum: [...shape.actions] } }));
  else if (shape.writesAtMost > 0) {
    replies.push(object({ record: list(shape.writes, shape.writesAtLeast, shape.writesAtMost) }));
  } else replies.push(object({ done: { type: "boolean", enum: [true] } }));
  return object({ reply: oneOf(replies) });
}

function operationSchema({ name, arguments: given }: OperationForm, table: OperationTable): JsonObject {
  const keys = argumentKeys(table.get(name)!.arguments);
  const properties: JsonObject = { operation: { type: "string", enum: [name] } };
  for (const [at, argument] of given.entries()) properties[keys[at]!] = argumentSchema(argument);
  return object(properties);
}

function argumentSchema(argument: ArgumentShape): JsonObject {
  switch (argument.kind) {
    case "file":
      return fileSchema(argument.existing, argument.mayBeNew);
    case "count":
      return { type: "string", pattern: "^[1-9][0-9]?$" };
    case "line":
      return {
        type: "string",
        pattern: `^[^ ${lineClass}${otherBlanks}][^${lineClass}]{0,${argument.characters - 1}}$`,
      };
    case "text":
      return { type: "string", minLength: 1, maxLength: argument.characters };
  }
}

function fileSchema(existing: readonly string[], mayBeNew: boolean): JsonObject {
  const { first, rest, restFrom, restTo, endings } = newFileName;
  const ending = endings.map((text) => text.replace(".", "\\.")).join("|");
  const fresh: JsonObject = { type: "string", pattern: `^[${first}][${rest}]{${restFrom},${restTo}}(${ending})$` };
  if (existing.length === 0) return fresh;
  const known: JsonObject = { type: "string", enum: [...existing] };
  return mayBeNew ? oneOf([known, fresh]) : known;
}

function oneOf(schemas: readonly JsonObject[]): JsonObject {
  return schemas.length === 1 ? schemas[0]! : { anyOf: [...schemas] };
}

function object(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
