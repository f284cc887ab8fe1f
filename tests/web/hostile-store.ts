/**
 * Runs in which everything that others write is hostile: what the game shows, replies, actions, memory files and their names, names of tasks,
 * models and scaffolds, errors. Nothing here may run, load, reorder or break the page, or hold it up.
 */

import type { JournalEntry } from "../../src/core/journal.ts";
import { episodeKey } from "../../src/store/run-id.ts";
import type { OpenRun } from "../../src/store/runs.ts";
import type { Store } from "../../src/store/store.ts";
import { someFacts, someHash, someRun } from "../store/support.ts";

/** Sets `globalThis.ran` if it is run, or asks `evil.example` if it is loaded. */
export const hostile = [
  "<script>globalThis.ran = 1</script><script src=https://evil.example/a.js></script>",
  '<img src="https://evil.example/a.png" onerror="globalThis.ran = 2">',
  "</script></pre></textarea><svg onload=globalThis.ran=3>",
  "[a link](javascript:globalThis.ran=4) javascript:globalThis.ran=4",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text that matters.
  "{{constructor.constructor('globalThis.ran=5')()}} ${globalThis.ran=5} <%= globalThis.ran=5 %> #{globalThis.ran=5}",
  '<style>body{display:none}</style><base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example/">',
  "order \u202edesrever\u202c and \u2066isolated\u2069 \u200fmarks\u200e",
  "terminal \u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b5n, nul \u0000, bell \u0007, delete \u007f",
  "half \ud83d alone, \udc00 too; zero\u200bwidth\ufeff; soft\u00adhyphen; tags \u{e0041}\u{e0042}",
  `zalgo ${[..."tower"].map((letter) => letter + "\u0301\u0316\u0300\u0330".repeat(25)).join("")}`,
  `long ${"W".repeat(3_000)}`,
  "العربية עברית 日本語 👨‍👩‍👧",
].join("\n");

/** As records keep it: they refuse halves of pairs, a trace does not. */
const kept = hostile.toWellFormed();

/** The second one has Cyrillic letters that look like Latin ones. */
export const hostileFiles = [
  "__proto__",
  "nоtes.md",
  "constructor",
  "<img src=x onerror=globalThis.ran=6>.md",
  "a\u202egnp.md",
];

export const longLine = `${"x".repeat(2_500_000)}<script>globalThis.ran=7</script>${"y".repeat(2_500_000)}`;
export const manyLines = Array.from({ length: 200_000 }, (_, line) => `line ${line}`).join("\n");

export interface HostileRuns {
  /** Two runs of the same game, task and seed. */
  ids: string[];
  /** Of the finished episode. */
  key: string;
}

/** Each run has a finished episode of four steps, and one that failed. */
export async function recordHostileRuns(store: Store, scaffold: string): Promise<HostileRuns> {
  const task = `task ${kept.slice(0, 400)} \u202egnorw`;
  const [finished, failed] = [
    { task, seed: 1 },
    { task, seed: 2 },
  ];
  const ids: string[] = [];
  for (const name of ["hostile-a", "hostile-b"]) {
    const bare = someRun([finished, failed]);
    const model = { name: `openai:<b>${kept.slice(0, 200)}\u202e`, provider: "openai" };
    const record = { ...bare, model, scaffold, settings: { ...bare.settings, model: model.name, scaffold: kept } };
    const commandLine = ["run", "toy", kept, "--notes", longLine.slice(0, 30_000)];
    const run = await store.runs.create({ id: name, record, createdMs: 0, commandLine });
    await play(run, finished, scaffold);
    const failure = { error: "GameError", code: "x", message: kept, retryable: true };
    await run.folder.markFailed({ ...failed, key: episodeKey(failed) }, 1, failure);
    ids.push(name);
  }
  return { ids, key: episodeKey(finished) };
}

async function play(run: OpenRun, { task, seed }: { task: string; seed: number }, scaffold: string): Promise<void> {
  const episode = { task, seed, key: episodeKey({ task, seed }) };
  const journal = await run.folder.openJournal(episode.key);
  for (const entry of entries(task, seed)) {
    if (entry.kind === "episode-end") await journal.commit(entry);
    else journal.add(entry);
  }
  await journal.close();
  const facts = { ...someFacts(4, seed), task, scaffold, model: { name: kept, provider: "openai" } };
  await run.folder.finish(episode, facts, 1);
}

function* entries(task: string, seed: number): Generator<JournalEntry> {
  const files: Record<string, string> = Object.fromEntries(hostileFiles.map((name) => [name, hostile]));
  yield {
    kind: "episode-start",
    task,
    seed,
    gameOptions: {},
    instruction: hostile,
    actions: [{ name: hostile, description: hostile }],
    defaultAction: hostile,
    maxSteps: 4,
    scaffold: { name: hostile, version: hostile, hash: someHash },
    files,
  };
  const seen = [hostile, longLine, manyLines, hostile];
  for (let stepIndex = 0; stepIndex <= 4; stepIndex++) {
    const long = seen[stepIndex] ?? "over";
    const info = Object.fromEntries([...hostileFiles, hostile.slice(0, 90)].map((name) => [name, stepIndex]));
    const transition = { reward: 0, terminated: false, truncated: stepIndex === 4, valid: false, executed: hostile };
    yield {
      kind: "observation",
      stepIndex,
      observation: { long, short: hostile },
      progress: stepIndex / 4,
      info,
      ...(stepIndex > 0 && { transition }),
    };
    if (stepIndex === 4) break;
    yield* planOf(stepIndex, long);
  }
  yield { kind: "episode-end", reason: "truncated", steps: 4, progress: 1, episodeReturn: 0 };
}

function* planOf(stepIndex: number, long: string): Generator<JournalEntry> {
  const of = { stepIndex, phase: "plan", callIndex: 0 } as const;
  const added = [
    { role: "system" as const, content: hostile },
    { role: "user" as const, content: long },
  ];
  const usage = { promptTokens: 1, generatedTokens: 1 };
  yield { kind: "call", ...of, speaker: "base", added, fresh: true, reply: long, finishReason: "stop", usage };
  for (const file of hostileFiles) {
    const isBig = stepIndex === 2 && file === hostileFiles[0];
    const text = isBig ? manyLines : `${hostile}\n${long.slice(0, 20_000)}`;
    yield {
      kind: "operation",
      ...of,
      actor: "model",
      name: "WRITE",
      arguments: [file, text],
      status: "ok",
      result: text,
      writes: [{ file, change: "replace", text }],
    };
  }
  yield { ...of, kind: "phase-end", reason: "action" };
  const rejections = [{ action: long, reason: hostile }];
  yield { kind: "action", stepIndex, raw: long, action: hostile, fallback: true, rejections };
}
