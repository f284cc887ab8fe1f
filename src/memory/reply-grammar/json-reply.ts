/**
 * Turns a JSON reply (./json-schema.ts) into the text of its operations, so that the journal, the parser and the next prompt see what they
 * always see. Pure.
 */
import * as v from "valibot";
import type { OperationDefinition, OperationTable } from "../operation-table.ts";
import { closeJson } from "./close-json.ts";
import { argumentKeys } from "./shape.ts";

const Written = v.looseObject({ operation: v.optional(v.string()) });
const Operations = v.array(Written);
const JsonReply = v.object({
  reply: v.union([
    v.object({ look_up: Operations }),
    v.object({ record: Operations }),
    v.object({ act: v.string() }),
    v.object({ done: v.boolean() }),
  ]),
});
type JsonReply = v.InferOutput<typeof JsonReply>["reply"];

/**
 * The operations of `text` as they are written to the memory folder, one on a line, with DONE after a whole record.
 * A text that is no such JSON comes back unchanged, so a reply that was turned before (a recorded one) stays as it is. Of a reply that was
 * `cut` by its limit the operation under way is left without its END. Texts are changed only where they could be read as a tag (`<` gets a
 * blank after it; the names of actions were chosen to need none) or, before the last argument, as a bar.
 */
export function operationText(text: string, table: OperationTable, cut: boolean): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return text;
  const { text: closed, open } = cut ? closeJson(trimmed) : { text: trimmed, open: 0 };
  let value: unknown;
  try {
    value = JSON.parse(closed);
  } catch (notJson) {
    if (notJson instanceof SyntaxError) return text;
    throw notJson;
  }
  const parsed = v.safeParse(JsonReply, value);
  if (!parsed.success) return text;
  return written(parsed.output.reply, table, open) ?? text;
}

/** Open brackets at the end of a cut reply inside `act`, and inside an operation: `{"reply": {"look_up": [{`. */
const openInReply = 2;
const openInOperation = 4;

/** `undefined` if an operation has no name, but for one under way: of that nothing was said yet. */
function written(reply: JsonReply, table: OperationTable, open: number): string | undefined {
  const whole = open < openInReply;
  if ("act" in reply) return `<|ACTION|>${reply.act}${whole ? "<|END|>" : ""}`;
  if ("done" in reply) return "<|DONE|>";
  const operations = "record" in reply ? reply.record : reply.look_up;
  const underWay = open >= openInOperation ? operations.length - 1 : undefined;
  const lines: string[] = [];
  for (const [at, { operation, ...given }] of operations.entries()) {
    if (operation !== undefined) lines.push(operationLine(operation, given, table, at === underWay));
    else if (at !== underWay) return undefined;
  }
  if ("record" in reply && whole) lines.push("<|DONE|>");
  return lines.join("\n");
}

function operationLine(
  operation: string,
  written: { [key: string]: unknown },
  table: OperationTable,
  underWay: boolean,
): string {
  const definition = table.get(operation);
  const name = `<|${short(operation)}|>`;
  // A name under way is left as a tag that broke off.
  if (definition === undefined) return underWay ? name.slice(0, -2) : `${name}<|END|>`;
  const keys = argumentKeys(definition.arguments);
  const given: string[] = [];
  for (const [at, key] of keys.entries()) {
    const value = written[key];
    if (value === undefined) break;
    given.push(argumentText(String(value), definition, at));
  }
  if (definition.arguments.length === 0) return name;
  return `${name}${given.join("|")}${underWay ? "" : "<|END|>"}`;
}

function argumentText(value: string, definition: OperationDefinition, at: number): string {
  const isLast = at === definition.arguments.length - 1;
  const text = isLast && definition.arguments[at] === "text" ? withoutTags(value) : short(value);
  return isLast ? text : text.replaceAll("|", "/");
}

/** One line. */
function short(value: string): string {
  return withoutTags(value).replace(/\s*\n\s*/g, " ");
}

function withoutTags(value: string): string {
  return value.toWellFormed().replace(/<(?=[|A-Za-z]|$)/g, "< ");
}
