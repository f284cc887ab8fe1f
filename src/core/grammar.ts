/** What a reply is held to while it is generated, in the form that a provider takes. */
import type { JsonObject } from "./json.ts";

/**
 * `gbnf`: text in llama.cpp's notation, root rule `root`; the reply is a string of that language.
 * `json-schema`: the reply is one JSON value that the schema allows.
 * A reply with finish reason `length` is only the beginning of such a text.
 */
export type ReplyGrammar = { form: "gbnf"; text: string } | { form: "json-schema"; schema: JsonObject };

export type GrammarForm = ReplyGrammar["form"];
