/** Ollama's `done_reason` as a finish reason. Pure. */
import type { FinishReason } from "../../core/chat-model.ts";

/** `undefined` for a reason that is not the end of a reply (`load`, `unload`). Old servers give none; that meant a stop. */
export function mapFinish(doneReason: string | null | undefined): FinishReason | undefined {
  if (doneReason == null || doneReason === "" || doneReason === "stop") return "stop";
  return doneReason === "length" ? "length" : undefined;
}
