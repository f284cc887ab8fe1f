/**
 * Finds out whether a llama-server keeps prompts in main memory when a slot turns to another one (`--cache-ram`, on by default). That cache
 * is keyed by the tokens alone: a prompt read under one adapter is reused under another. The server does not say; its behaviour does.
 */
import { type JsonServer, requestJson } from "../json-request.ts";
import { loraScales } from "./adapters.ts";
import type { LoraAdapters } from "./wire.ts";
import { CompletionEvent, Tokenized } from "./wire.ts";

const FIRST = "The keeper of the light counts seven ships before the storm and writes each name in a small green book.";
const SECOND =
  "Bread needs flour, water, salt and time; knead it well, let it rest twice, and bake it until it sounds hollow.";
/** More than what two unlike prompts share at their beginning. */
const SHARED_TOKENS = 4;

/** True if the first prompt is still known to the slot after another one: only a cache outside the slot can hold it. */
export async function keepsHostCache(
  server: JsonServer,
  adapters: LoraAdapters,
  signal: AbortSignal,
): Promise<boolean> {
  const read = async (text: string): Promise<number> => {
    const { tokens } = await requestJson(
      server,
      { path: "/tokenize", body: { content: text, add_special: true }, signal },
      Tokenized,
    );
    const body = {
      prompt: tokens,
      n_predict: 0,
      id_slot: 0,
      cache_prompt: true,
      lora: loraScales(adapters, undefined),
    };
    const { timings } = await requestJson(server, { path: "/completion", body, signal }, CompletionEvent);
    return timings?.cache_n ?? 0;
  };
  await read(FIRST);
  await read(SECOND);
  return (await read(FIRST)) > SHARED_TOKENS;
}
