/** The streamed reply of an OpenAI-compatible server: its text as it comes, its tool calls put together from their pieces. */
import * as v from "valibot";
import { ProviderError } from "../../core/errors.ts";
import { badResponseFault, emptyResponseFault, type FaultContext, streamCutFault } from "../http-fault.ts";
import type { WrittenCall } from "../tools/read-call.ts";
import { streamFault } from "./faults.ts";
import { CallPieces } from "./tool-calls.ts";
import { CompletionChunk, type CompletionUsage } from "./wire.ts";

export interface StreamEnd {
  /** As the server says it. */
  reason: string;
  usage: CompletionUsage | undefined;
  calls: WrittenCall[];
}

/** Passes text on until the stream ends. Throws what the stream throws, as a fault; `stream-cut` unless a finish reason came, `empty-response` if nothing came. */
export async function readStream(
  stream: AsyncIterable<unknown>,
  context: FaultContext,
  onText: (piece: string) => void,
): Promise<StreamEnd> {
  const chunks = stream[Symbol.asyncIterator]();
  const calls = new CallPieces();
  let reason: string | undefined;
  let usage: CompletionUsage | undefined;
  let sawChoice = false;
  try {
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        throw streamFault(cause, context);
      });
      if (next.done) break;
      const chunk = v.safeParse(CompletionChunk, next.value);
      if (!chunk.success) throw badResponseFault(context, `an unknown kind of event (${chunk.issues[0].message})`);
      usage = chunk.output.usage ?? usage;
      const choice = chunk.output.choices?.[0];
      if (choice === undefined) continue;
      sawChoice = true;
      if (choice.delta?.refusal != null) throw refusedFault(context, choice.delta.refusal);
      const piece = choice.delta?.content ?? "";
      if (piece !== "") onText(piece);
      calls.add(choice.delta?.tool_calls ?? []);
      reason = choice.finish_reason ?? reason;
    }
  } finally {
    await chunks.return?.();
  }
  if (reason === undefined) {
    if (!sawChoice && usage !== undefined) throw emptyResponseFault(context, "no choices");
    throw streamCutFault(context);
  }
  return { reason, usage, calls: calls.whole() };
}

export function refusedFault(context: FaultContext, reason: string): ProviderError {
  return new ProviderError(`${context.modelName} at ${context.server} did not write a reply: ${reason}.`, {
    code: "refused",
    data: { reason },
  });
}
