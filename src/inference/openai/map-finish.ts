/** `finish_reason` as a finish reason. Pure. */
import type { FinishReason } from "../../core/chat-model.ts";
import type { ToolReply } from "../../core/tool-calls.ts";

/** `undefined` for a reason that is not the end of a text (`content_filter`, `tool_calls`). */
export function mapFinish(reason: string): FinishReason | undefined {
  return reason === "stop" || reason === "length" ? reason : undefined;
}

/** As `mapFinish`, where there were tools. Some servers say `stop` and send calls all the same. */
export function mapToolFinish(reason: string, calls: number): ToolReply["finishReason"] | undefined {
  if (reason === "length") return "length";
  if (reason !== "stop" && reason !== "tool_calls" && reason !== "function_call") return undefined;
  return calls > 0 ? "calls" : "stop";
}
