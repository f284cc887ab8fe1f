/** A grammar as fields of an OpenAI-compatible request. Pure. */
import { ProviderError } from "../../core/errors.ts";
import type { GrammarForm, ReplyGrammar } from "../../core/grammar.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ServerKind } from "./server-kind.ts";

export interface GrammarFields {
  /** llama-server's own. */
  grammar?: string;
  response_format?: { type: "json_schema"; json_schema: { name: string; strict: true; schema: JsonObject } };
}

/** llama-server reads its own notation; of the others the JSON schema is what most know. Whether an unknown one does shows when it is asked. */
export function grammarForm(kind: ServerKind["kind"]): GrammarForm {
  return kind === "llama-server" ? "gbnf" : "json-schema";
}

/** OpenAI itself refuses the lengths of strings in a schema, and goes without them; `max_tokens` bounds the reply all the same. */
export function grammarFields(grammar: ReplyGrammar | undefined, kind: ServerKind["kind"]): GrammarFields {
  if (grammar === undefined) return {};
  if (grammar.form === "gbnf") return { grammar: grammar.text };
  const schema = kind === "openai" ? (withoutLengths(grammar.schema) as JsonObject) : grammar.schema;
  return { response_format: { type: "json_schema", json_schema: { name: "reply", strict: true, schema } } };
}

/** What to add to the fault of a server that refused a request with a grammar. */
export const grammarRefusedHint =
  "The request held the reply to a grammar (response_format json_schema), which this server or model may not know: run without --constrain.";

/** Throws `ProviderError` (`refused`) for a whole reply that is no JSON object although it was held to a schema: the server did not heed it. */
export function checkHeeded(text: string, grammar: ReplyGrammar | undefined, modelName: string): void {
  if (grammar?.form !== "json-schema" || isJsonObject(text)) return;
  throw new ProviderError(
    `${modelName} answered with text although a JSON schema was asked for (response_format), so its server does not heed one. Run without --constrain, or use another server.`,
    { code: "refused", data: { reply: text.slice(0, 200) } },
  );
}

function withoutLengths(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutLengths);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([key, entry]) => typeof entry !== "number" || (key !== "minLength" && key !== "maxLength"),
  );
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutLengths(entry)]));
}

function isJsonObject(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch (notJson) {
    if (notJson instanceof SyntaxError) return false;
    throw notJson;
  }
}
