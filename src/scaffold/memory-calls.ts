/** Answers what sandboxed code asks of the memory folder. A throw becomes an exception inside the hook. */
import * as v from "valibot";
import type { MemoryReader, MemoryWriter } from "../core/scaffold.ts";
import type { MemoryAccess } from "./hooks.ts";

const MemoryCall = v.variant("call", [
  v.object({ call: v.literal("list") }),
  v.object({ call: v.literal("read"), file: v.string() }),
  v.object({ call: v.literal("remove"), file: v.string() }),
  v.object({ call: v.literal("write"), file: v.string(), text: v.string() }),
  v.object({ call: v.literal("append"), file: v.string(), text: v.string() }),
]);

/** The answer as a JSON value; `undefined` where there is no such file. */
export function answerMemoryCall(
  asked: unknown,
  memory: MemoryReader | MemoryWriter | undefined,
  access: MemoryAccess,
): unknown {
  const call = v.parse(MemoryCall, asked);
  if (memory === undefined || access === "none") throw new Error("this hook has no memory");
  if (call.call === "list") return memory.list();
  if (call.call === "read") return memory.read(call.file);
  if (access !== "write" || !isWriter(memory)) throw new Error("memory is written in afterLog and beforePlan only");
  if (call.call === "write") memory.write(call.file, call.text);
  else if (call.call === "append") memory.append(call.file, call.text);
  else memory.remove(call.file);
  return null;
}

function isWriter(memory: MemoryReader): memory is MemoryWriter {
  return "write" in memory;
}
