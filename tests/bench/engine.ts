/**
 * Speed and memory of the embedded engine on this machine.
 *
 *   AUTOMEM_HOME=~/.automem bun tests/bench/engine.ts [MODEL] [--threads N]
 *
 * Needs `automem plugin add llama-cpp` and `automem model add MODEL` (default smollm2-135m). Figures are medians of three runs.
 */
import { availableParallelism, homedir, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ChatMessage } from "../../src/core/chat-model.ts";
import { ModelFiles } from "../../src/inference/model-files/model-files.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openEngine } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";

const RUNS = 3;
const CALL_TIMEOUT_MS = 600_000;
const MEBIBYTE = 1024 * 1024;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { threads: { type: "string" } } });
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");
const files = new ModelFiles(home, { fetch, clock: systemClock, env: process.env });
const name = positionals[0] ?? "smollm2-135m";
const model = await files.find(name);
if (model === undefined) throw new Error(`${home} has no model ${name}: automem model add ${name}`);

const startedMs = performance.now();
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const engine = await openEngine(
  new PluginRegistry(home),
  "llama-cpp",
  { model: model.path, contextTokens: 4096, sequences: 2, ...threads },
  { environment: process.env, automemVersion: "0.0.0" },
);
const startMs = performance.now() - startedMs;

const rules: ChatMessage = {
  role: "system",
  content: "You keep notes about a long game and answer in short lines. ".repeat(20),
};
const prompt = (run: number): ChatMessage[] => [
  rules,
  { role: "user", content: `Run ${run}. Count slowly from one to two hundred, in words.` },
];
const cold: number[] = [];
const warm: number[] = [];
const promptSpeeds: number[] = [];
const replySpeeds: number[] = [];
let reused = "";
for (let run = 0; run < RUNS; run += 1) {
  // A prompt that shares nothing with what the sequences hold, then the same one again.
  const fresh = [{ ...rules, content: `Game ${run}. ${rules.content}` }, ...prompt(run).slice(1)];
  const first = await ask(fresh, run);
  const again = await ask(fresh, run);
  cold.push(first.timings.firstTokenMs as number);
  warm.push(again.timings.firstTokenMs as number);
  promptSpeeds.push(
    ((first.usage.promptTokens - first.usage.cachedTokens) / (first.timings.firstTokenMs as number)) * 1000,
  );
  replySpeeds.push(
    (again.usage.generatedTokens / (again.timings.totalMs - (again.timings.firstTokenMs as number))) * 1000,
  );
  reused = `${again.usage.cachedTokens} of ${again.usage.promptTokens}`;
}
const { residentBytes } = await engine.stats();
await engine.close();

console.log(
  `model              ${model.gguf.modelName ?? name} ${model.gguf.quantisation ?? ""}, ${Math.round(model.sizeBytes / MEBIBYTE)} MiB`,
);
console.log(
  `engine             ${Object.entries(engine.ready.packages)
    .map((pair) => pair.join(" "))
    .join(", ")}`,
);
console.log(
  `machine            ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, threads ${values.threads ?? "default"}`,
);
console.log(`start              ${startMs.toFixed(0)} ms`);
console.log(`prompt             ${median(promptSpeeds).toFixed(0)} tokens/s`);
console.log(`reply              ${median(replySpeeds).toFixed(0)} tokens/s`);
console.log(`first token, cold  ${median(cold).toFixed(0)} ms`);
console.log(`first token, warm  ${median(warm).toFixed(0)} ms (${reused} prompt tokens reused)`);
console.log(`resident memory    ${Math.round((residentBytes as number) / MEBIBYTE)} MiB (2 sequences of 4096 tokens)`);

function ask(messages: ChatMessage[], run: number) {
  const sampling = { temperature: 0, maxTokens: 128 };
  return engine.chat({ messages, sampling, cacheKey: `bench${run}/log` }, { timeoutMs: CALL_TIMEOUT_MS });
}

function median(figures: number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] as number;
}
