/**
 * An episode as one list of chat messages, as inspect_ai shows a sample: each phase's prompt, the replies with their operations as tool calls,
 * and the results as tool messages. What was sent word for word is in the model events. Pure.
 */
import type { CallEntry, JournalEntry, OperationEntry } from "../../../core/journal.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { SpeakerModels } from "./speaker-models.ts";

/** Yields messages in order, at most one call behind the entries. */
export async function* chatMessages(
  entries: AsyncIterable<JournalEntry>,
  models: SpeakerModels,
): AsyncGenerator<JsonObject> {
  let call: CallEntry | undefined;
  let operations: OperationEntry[] = [];
  for await (const entry of entries) {
    if (entry.kind === "operation" && entry.actor === "model") operations.push(entry);
    if (entry.kind !== "call" && entry.kind !== "phase-end") continue;
    if (call !== undefined) yield* messagesOfCall(call, operations, models[call.speaker]);
    operations = [];
    call = entry.kind === "call" ? entry : undefined;
  }
  if (call !== undefined) yield* messagesOfCall(call, operations, models[call.speaker]);
}

function* messagesOfCall(call: CallEntry, operations: readonly OperationEntry[], model: string): Generator<JsonObject> {
  const metadata = { step: call.stepIndex, phase: call.phase, call: call.callIndex };
  // Later calls add the results of the operations, which stand in the tool messages already.
  if (call.callIndex === 0 || call.fresh)
    for (const { role, content } of call.added) yield { role, content, source: "input", metadata };
  const calls = operations.map((operation, index) => ({
    id: `${call.stepIndex}-${call.phase}-${call.callIndex}-${index}`,
    function: operation.name === "" ? "(none)" : operation.name,
    arguments: { written: operation.arguments.join("|") },
    type: "function",
  }));
  const reply = { role: "assistant", content: call.reply, source: "generate", model, metadata };
  yield { ...reply, ...(calls.length > 0 && { tool_calls: calls }) };
  for (const [index, { result, status }] of operations.entries()) {
    const { id, function: name } = calls[index]!;
    yield { role: "tool", content: result, tool_call_id: id, function: name, metadata: { ...metadata, status } };
  }
}
