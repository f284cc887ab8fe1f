/** llama-server's `stop_type` as a finish reason. Pure. */
import type { FinishReason } from "../../core/chat-model.ts";

/** `undefined` for what is not the end of a reply (`none`). */
export function mapFinish(stopType: string | null | undefined): FinishReason | undefined {
  if (stopType === "eos" || stopType === "word") return "stop";
  return stopType === "limit" ? "length" : undefined;
}
