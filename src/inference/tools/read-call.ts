/** A call as a model wrote it, held against the tools that it was told of. Pure. */
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { JsonObject } from "../../core/json.ts";
import type { ToolCall, ToolMessage, ToolSpec } from "../../core/tool-calls.ts";

/** Characters of a malformed call that are kept. */
const TEXT_LIMIT = 2000;

export interface WrittenCall {
  /** As the server names it; blank where it does not. */
  id: string;
  name: string;
  /** JSON text, or what a server has parsed from it. Blank text means no arguments. */
  input: unknown;
}

/** The calls of a reply. One without an id, or with one that the conversation has already, gets its own: servers differ in both. */
export function readCalls(
  written: readonly WrittenCall[],
  conversation: readonly ToolMessage[],
  tools: readonly ToolSpec[],
): ToolCall[] {
  const replies = conversation.filter((message) => message.role === "assistant");
  const taken = new Set(replies.flatMap(({ calls }) => calls.map(({ id }) => id)));
  return written.map((call, index) => {
    const id = call.id === "" || taken.has(call.id) ? `call_${replies.length}_${index}` : call.id;
    taken.add(id);
    return readCall({ ...call, id }, tools);
  });
}

/** Never throws: what is wrong with a call is its answer. */
export function readCall({ id, name, input }: WrittenCall, tools: readonly ToolSpec[]): ToolCall {
  const text = (typeof input === "string" ? input : (JSON.stringify(input) ?? "")).slice(0, TEXT_LIMIT);
  const malformed = (problem: string): ToolCall => ({ kind: "malformed", id, name, text, problem });
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) {
    return malformed(`There is no tool "${name}". Tools: ${tools.map((each) => each.name).join(", ")}.`);
  }
  let value: unknown = input;
  if (typeof input === "string") {
    try {
      value = input.trim() === "" ? {} : JSON.parse(input);
    } catch (cause) {
      return malformed(`The arguments of ${name} are not JSON: ${messageOf(cause)}.`);
    }
  }
  if (!v.is(JsonObject, value) || Array.isArray(value))
    return malformed(`The arguments of ${name} are no JSON object.`);
  const checked = v.safeParse(tool.parameters, value);
  if (checked.success) return { kind: "call", id, name, arguments: value };
  const problems = checked.issues.slice(0, 5).map((issue) => `${v.getDotPath(issue) ?? "arguments"}: ${issue.message}`);
  return malformed(`The arguments of ${name} do not fit. ${problems.join("; ")}.`);
}
