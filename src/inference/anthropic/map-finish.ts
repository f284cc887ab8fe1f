/** `stop_reason` as a finish reason. Pure. */
import type { FinishReason } from "../../core/chat-model.ts";
import type { ToolReply } from "../../core/tool-calls.ts";

/** `undefined` for a reason that is not the end of a text (`refusal`, `pause_turn`, `tool_use`, `model_context_window_exceeded`). */
export function mapFinish(stopReason: string): FinishReason | undefined {
  if (stopReason === "end_turn" || stopReason === "stop_sequence") return "stop";
  return stopReason === "max_tokens" ? "length" : undefined;
}

/** As `mapFinish`, where there were tools. */
export function mapToolFinish(stopReason: string): ToolReply["finishReason"] | undefined {
  return stopReason === "tool_use" ? "calls" : mapFinish(stopReason);
}
