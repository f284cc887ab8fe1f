/** `finish_reason` as a finish reason. Pure. */
import type { FinishReason } from "../../core/chat-model.ts";

/** `undefined` for a reason that is not the end of a text (`content_filter`, `tool_calls`). */
export function mapFinish(reason: string): FinishReason | undefined {
  return reason === "stop" || reason === "length" ? reason : undefined;
}
