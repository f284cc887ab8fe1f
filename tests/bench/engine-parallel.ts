/**
 * Replies at the same time in the embedded engine: `bun tests/bench/engine-parallel.ts [MODEL] [--threads N]`, AUTOMEM_HOME as for
 * tests/bench/engine.ts. Prompts are read beforehand; then 1, 2 and 4 replies of 128 tokens each are made at once. Prints tokens a second of
 * all together, processor time a token, and how many tokens a batch held (the number of replies, where they share every batch).
 * Medians of three rounds; on a machine with other work look at the processor time.
 */
import { availableParallelism, homedir, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ModelFiles } from "../../src/inference/model-files/model-files.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openEngine } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";
import { median } from "./automem-process.ts";
import { lookAt } from "./process-watch.ts";

const rounds = 3;
const replyTokens = 128;
const counts = [1, 2, 4];
const callTimeoutMs = 600_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { threads: { type: "string" } } });
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");
const name = positionals[0] ?? "smollm2-135m";
const model = await new ModelFiles(home, { fetch, clock: systemClock, env: process.env }).find(name);
if (model === undefined) throw new Error(`${home} has no model ${name}: automem model add ${name}`);

const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const engine = await openEngine(
  new PluginRegistry(home),
  "llama-cpp",
  { model: model.path, contextTokens: 1024, sequences: Math.max(...counts), ...threads },
  { environment: process.env, automemVersion: "0.0.0" },
);
const notes = "You keep notes about a long game and answer in short lines. ".repeat(10);
const ask = (episode: number, maxTokens: number) =>
  engine.chat(
    {
      messages: [
        { role: "user", content: `Episode ${episode}. ${notes} Count slowly from one to two hundred, in words.` },
      ],
      sampling: { temperature: 0, maxTokens },
      cacheKey: `bench${episode}/log`,
    },
    { timeoutMs: callTimeoutMs },
  );

interface Measured {
  tokensPerSecond: number;
  cpuMsPerToken: number;
  tokensPerBatch: number;
}

try {
  console.log(
    `${name}, threads ${values.threads ?? "default"}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const count of counts) for (let episode = 0; episode < count; episode += 1) await ask(episode, 1);
  const measured = new Map<number, Measured[]>(counts.map((count) => [count, []]));
  // In turns, so that what else the machine does falls on all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const count of counts) measured.get(count)?.push(await measure(count));
  }
  console.log("replies at once  tokens/s  CPU ms a token  tokens a batch");
  for (const [count, all] of measured) {
    const middle = (pick: (each: Measured) => number) => median(all.map(pick));
    const cells = [
      String(count).padStart(15),
      middle(({ tokensPerSecond }) => tokensPerSecond)
        .toFixed(0)
        .padStart(10),
      middle(({ cpuMsPerToken }) => cpuMsPerToken)
        .toFixed(1)
        .padStart(16),
      middle(({ tokensPerBatch }) => tokensPerBatch)
        .toFixed(2)
        .padStart(16),
    ];
    console.log(cells.join(""));
  }
} finally {
  await engine.close();
}

async function measure(count: number): Promise<Measured> {
  const before = await engine.stats();
  const cpuBefore = engineCpuMs();
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, (_, episode) => ask(episode, replyTokens)));
  const seconds = (performance.now() - begun) / 1000;
  const cpuMs = engineCpuMs() - cpuBefore;
  const after = await engine.stats();
  const grown = (key: string) => Number(after[key]) - Number(before[key]);
  const tokens = grown("generatedTokens");
  return {
    tokensPerSecond: tokens / seconds,
    cpuMsPerToken: cpuMs / tokens,
    tokensPerBatch: tokens / grown("evaluations"),
  };
}

/** User and system, of the engine's process. Linux only. */
function engineCpuMs(): number {
  return lookAt(engine.process.pid)?.cpuMs ?? Number.NaN;
}
