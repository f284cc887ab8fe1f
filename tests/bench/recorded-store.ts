/**
 * Makes stores full of finished runs, through the store's own writing, for the benches of reading. A step has one write, one look-up and one
 * action, each text following from its number (tests/store/support.ts), and its line of times. As a command:
 * `bun tests/bench/recorded-store.ts HOME RUNS EPISODES STEPS`.
 */
import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../src/core/json.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import { episodeKey } from "../../src/store/run-id.ts";
import type { OpenRun } from "../../src/store/runs.ts";
import { Store } from "../../src/store/store.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
import { playedEntries, someFacts, someRun } from "../store/support.ts";

export interface StorePlan {
  runs: number;
  /** In each run. */
  episodes: number;
  /** In each episode. */
  steps: number;
}

const committed = new Set(["call", "action", "episode-end"]);
const firstRunMs = Date.UTC(2026, 0, 1);

/** Fills `AUTOMEM_HOME/store` of `home`; run names are `bench-0`, `bench-1`, ... Deterministic but for file times. */
export async function recordRuns(home: string, { runs, episodes, steps }: StorePlan): Promise<void> {
  const store = await Store.open(join(home, "store"));
  const scaffold = await keepSomeScaffold(store);
  const seeds = Array.from({ length: episodes }, (_, seed) => ({ task: "default", seed }));
  for (let index = 0; index < runs; index += 1) {
    const record = { ...someRun(seeds), scaffold };
    const run = await store.runs.create({
      id: `bench-${index}`,
      record,
      createdMs: firstRunMs + index * 60_000,
      commandLine: ["run", "toy"],
    });
    for (const { seed } of seeds) await recordEpisode(run, seed, steps);
  }
  store.close();
}

async function recordEpisode(run: OpenRun, seed: number, steps: number): Promise<void> {
  const episode = { task: "default", seed, key: episodeKey({ task: "default", seed }) };
  const journal = await run.folder.openJournal(episode.key);
  const counter = new EpisodeCounter();
  for (const entry of playedEntries(steps)) {
    const own = entry.kind === "episode-start" ? { ...entry, seed } : entry;
    counter.add(own);
    if (committed.has(own.kind)) await journal.commit(own);
    else journal.add(own);
  }
  await journal.close();
  await writeTimes(join(run.folder.folder, "times", `${episode.key}.jsonl`), steps);
  const figures = JSON.parse(JSON.stringify(counter.figures())) as JsonObject;
  const facts = { ...someFacts(steps, seed), scaffold: run.record.scaffold, figures };
  await run.folder.finish(episode, facts, 1);
}

async function writeTimes(path: string, steps: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const line = (stepIndex: number) => {
    const calls = [611.25, 402.5, 377.125].map((totalMs) => ({
      totalMs: totalMs + (stepIndex % 97) / 8,
      firstTokenMs: 81.5,
    }));
    return `${JSON.stringify({ stepIndex, totalMs: 1402.375 + (stepIndex % 97), gameMs: 2.5, calls })}\n`;
  };
  await appendFile(path, Array.from({ length: steps }, (_, stepIndex) => line(stepIndex)).join(""));
}

if (import.meta.main) {
  const [home = "", ...counts] = process.argv.slice(2);
  const [runs = 0, episodes = 0, steps = 0] = counts.map(Number);
  await recordRuns(home, { runs, episodes, steps });
}
