/**
 * What a model call through the npm package `openai` costs: `bun tests/bench/model-call.ts [CALLS]` (default: 6000). The same prompt goes to
 * the zero-latency server through the provider `openai`, and through plain `fetch` and the reader of events that the provider `llama-server`
 * uses, without what is around a call (time limit, retries, the check for a cut prompt); in turns, so that both see the same machine. Prints
 * the median processor time of a call in microseconds, of the main thread and of the whole process. Linux only.
 */
import type { ChatMessage } from "../../src/core/chat-model.ts";
import { parseModelName } from "../../src/core/model-name.ts";
import { streamChat } from "../../src/inference/llama-server/chat-stream.ts";
import { toRequest } from "../../src/inference/openai/convert-messages.ts";
import { openOpenAi } from "../../src/inference/openai/model.ts";
import { readStream } from "../../src/inference/openai/read-stream.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { median, startZeroServer } from "./automem-process.ts";
import { cpuUs } from "./cpu-meter.ts";

const calls = Number(process.argv[2] ?? 6000);
const blockCalls = 150;
/** The compiler of the JavaScript engine is at work in the first ones. */
const warmBlocks = 8;

const sampling = { temperature: 0, maxTokens: 512 };
const sight = "You see a tree to the west, a cow to the north, and grass all around. ";
const messages: ChatMessage[] = [{ role: "user", content: `This is LOG. ${sight.repeat(50)}` }];

const server = await startZeroServer();
try {
  const name = parseModelName(server.model);
  const deps = {
    fetch,
    clock: systemClock,
    random: Math.random,
    env: {},
    startEngine: never,
    modelFiles: { find: never, list: never },
  };
  const model = await openOpenAi(name, { contextTokens: 100_000, sequences: 1 }, deps);
  const baseUrl = name.url ?? "";
  const context = { modelName: name.text, server: baseUrl, startHint: "", modelHint: "", accessHint: "" };
  const own = async (): Promise<void> => {
    const body = toRequest(name.model, messages, sampling, "max_tokens");
    const request = { path: "/chat/completions", body, signal: new AbortController().signal };
    await readStream(await streamChat({ fetch, baseUrl, context }, request), context, () => undefined);
  };
  await compare({
    "provider openai": () => model.chat(messages, { sampling, timeoutMs: 60_000 }),
    "fetch and reader alone": own,
  });
} finally {
  server.stop();
}

async function compare(ways: Record<string, () => Promise<unknown>>): Promise<void> {
  const spent = Object.keys(ways).map((way) => ({ way, thread: [] as number[], process: [] as number[] }));
  for (let block = 0; block < warmBlocks + calls / blockCalls; block += 1) {
    for (const { way, thread, process } of spent) {
      const before = { thread: cpuUs("thread"), process: cpuUs("process") };
      for (let call = 0; call < blockCalls; call += 1) await ways[way]?.();
      if (block < warmBlocks) continue;
      thread.push((cpuUs("thread") - before.thread) / blockCalls);
      process.push((cpuUs("process") - before.process) / blockCalls);
    }
  }
  for (const { way, thread, process } of spent) {
    console.log(way.padEnd(24), `main thread ${median(thread).toFixed(0)}, all threads ${median(process).toFixed(0)}`);
  }
}

function never(): Promise<never> {
  return Promise.reject(new Error("no part of this measurement"));
}
