/**
 * How much of the prompts a prefix cache saves: `bun tests/bench/prefix-cache.ts [STEPS]`, after `bun run build`, AUTOMEM_HOME holding the
 * plugins crafter and llama-cpp and the model smollm2-135m; with AUTOMEM_TEST_LLAMA_SERVER (scripts/build-llama-server.ts) llama-server too.
 * Crafter is played with the replies of the zero-latency server; then every prompt of that play is sent again, in order, to the real engine, and
 * what it took from its cache is counted. A second pass sends the same texts in the order of the reference harness: LOG shows outcome,
 * observation and files before its rules, PLAN its instruction, then observation and files, then rules and actions.
 */
import { symlink } from "node:fs/promises";
import { homedir, loadavg } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import type { Phase } from "../../src/core/memory-op.ts";
import { llamaServerMissing, startLlamaServer } from "../inference/llama-server-process.ts";
import { findRealModels, REAL_MODEL } from "../inference/real-models.ts";
import { open } from "../inference/support.ts";
import { automem, inFreshFolder, startZeroServer } from "./automem-process.ts";

const steps = Number(process.argv[2] ?? 12);
const contextTokens = 4096;
const callTimeoutMs = 600_000;

/** A prompt as it was sent. */
interface Prompt {
  stepIndex: number;
  phase: Phase;
  callIndex: number;
  messages: ChatMessage[];
}

interface Share {
  read: number;
  cached: number;
}

const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");
const real = await findRealModels(home);
if (typeof real === "string") throw new Error(real);
const prompts = await playedPrompts();
console.log(`crafter, ${steps} steps, ${prompts.length} prompts, load ${loadavg()[0]?.toFixed(1)}`);
console.log(
  "prompt tokens taken from the cache  second and later calls of a phase (of the talk so far)   next step   all",
);
const embedded = () => open(`llama-cpp:${REAL_MODEL}`, real.deps, { contextTokens, sequences: 2 });
await measure("embedded", embedded);
const missing = llamaServerMissing();
if (missing !== undefined) console.log(`llama-server: ${missing}`);
else {
  const server = await startLlamaServer({ gguf: real.gguf, contextTokens, slots: 2 });
  try {
    await measure("llama-server", () => open(`llama-server:${server.url}`, real.deps, { contextTokens }));
  } finally {
    await server.stop();
  }
}

async function measure(title: string, openIt: () => Promise<ChatModel>): Promise<void> {
  for (const [order, sent] of [
    ["automem's order", prompts],
    ["reference's order", inReferenceOrder(prompts)],
  ] as const) {
    const model = await openIt();
    try {
      report(`${title}, ${order}`, await send(model, sent));
    } finally {
      await model.close();
    }
  }
}

interface Shares {
  later: Share;
  /** Of the tokens that the phase's call before had: what could be known. */
  laterKnown: Share;
  next: Share;
  all: Share;
}

async function send(model: ChatModel, sent: readonly Prompt[]): Promise<Shares> {
  const none = (): Share => ({ read: 0, cached: 0 });
  const shares: Shares = { later: none(), laterKnown: none(), next: none(), all: none() };
  const seen = new Set<Phase>();
  let before = 0;
  for (const { phase, callIndex, messages } of sent) {
    const { usage } = await model.chat(messages, {
      sampling: { temperature: 0, maxTokens: 1 },
      cacheKey: `bench/${phase}`,
      timeoutMs: callTimeoutMs,
    });
    const { promptTokens, cachedTokens } = usage;
    if (promptTokens === undefined || cachedTokens === undefined)
      throw new Error("the server does not say what it reused");
    const count = (share: Share, read = promptTokens) => {
      share.read += read;
      share.cached += cachedTokens;
    };
    count(shares.all);
    if (callIndex > 0) {
      count(shares.later);
      count(shares.laterKnown, before);
    } else if (seen.has(phase)) count(shares.next);
    seen.add(phase);
    before = promptTokens;
  }
  return shares;
}

function report(title: string, { later, laterKnown, next, all }: Shares): void {
  const percent = ({ read, cached }: Share) => `${((100 * cached) / read).toFixed(1)} %`.padStart(8);
  console.log(
    `${title.padEnd(34)}${percent(later)} (${percent(laterKnown)}) ${percent(next)} ${percent(all)}   evaluated ${all.read - all.cached} of ${all.read}`,
  );
}

/** Plays and reads the prompts back from the trace. */
async function playedPrompts(): Promise<Prompt[]> {
  return inFreshFolder(async (folder) => {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    const server = await startZeroServer();
    try {
      const words = ["run", "crafter", "--model", server.model, "--seeds", "44", "--steps", String(steps)];
      await automem(folder, [...words, "--context", "100000", "--json"]);
    } finally {
      server.stop();
    }
    const store = await openApp({ AUTOMEM_HOME: folder }).store();
    const run = await store.runs.open((await store.runs.ids())[0] ?? "");
    const reader = await store.readEpisode(run.folder.id, run.episodes[0]?.key ?? "");
    const found: Prompt[] = [];
    let talk: ChatMessage[] = [];
    for await (const entry of reader.entries()) {
      if (entry.kind !== "call") continue;
      const { stepIndex, phase, callIndex, added, fresh, reply } = entry;
      talk = [...(fresh || callIndex === 0 ? [] : talk), ...added];
      found.push({ stepIndex, phase, callIndex, messages: talk });
      talk = [...talk, { role: "assistant", content: reply }];
    }
    store.close();
    return found;
  });
}

/** The same texts with what changes from step to step moved to the front of LOG, and behind the instruction of PLAN. */
function inReferenceOrder(all: readonly Prompt[]): Prompt[] {
  const heads = { log: unchangingHead(all, "log"), plan: unchangingHead(all, "plan") };
  return all.map((prompt) => {
    const [first, ...rest] = prompt.messages;
    if (first === undefined) return prompt;
    const head = heads[prompt.phase];
    const changing = first.content.slice(head.length);
    // PLAN opens with the instruction of the game.
    const cut = prompt.phase === "log" ? 0 : Math.max(0, head.indexOf("This is PLAN"));
    const content = `${head.slice(0, cut)}${changing}\n\n${head.slice(cut)}`;
    return { ...prompt, messages: [{ ...first, content }, ...rest] };
  });
}

/** What the first messages of a phase have in common, up to the end of a paragraph. */
function unchangingHead(all: readonly Prompt[], phase: Phase): string {
  const texts = all.filter((prompt) => prompt.phase === phase).map(({ messages }) => messages[0]?.content ?? "");
  const [one = "", ...others] = texts;
  let length = one.length;
  for (const other of others) {
    let common = 0;
    while (common < length && one[common] === other[common]) common += 1;
    length = common;
  }
  const end = one.lastIndexOf("\n\n", length);
  return end < 0 ? "" : one.slice(0, end + 2);
}
