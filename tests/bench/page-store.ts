/**
 * Stores for the bench of the page: a run whose only episode is a long one (long-episode.ts), and runs with very many episodes. Records and
 * states are put straight into the store, since playing them would sync to disk millions of times. As a command:
 * `bun tests/bench/page-store.ts long HOME STEPS` and `... many HOME RUNS EPISODES` (episodes in each run).
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "../../src/core/hash.ts";
import { writeRunFile } from "../../src/store/run-files.ts";
import { episodeKey } from "../../src/store/run-id.ts";
import type { OpenRun } from "../../src/store/runs.ts";
import { Store } from "../../src/store/store.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
import { someFacts, someRun } from "../store/support.ts";
import { recordLongEpisode } from "./long-episode.ts";

const firstRunMs = Date.UTC(2026, 0, 1);

/** One run, `bench-long`, of one finished episode. Returns the episode's address on the page. */
export async function recordLongRun(home: string, steps: number): Promise<string> {
  const store = await Store.open(join(home, "store"));
  const episode = { task: "long", seed: 1 };
  const scaffold = await keepSomeScaffold(store);
  const record = { ...someRun([episode]), scaffold };
  const run = await store.runs.create({ id: "bench-long", record, createdMs: firstRunMs, commandLine: ["run", "toy"] });
  await keepState(run, episode, await recordLongEpisode(store, steps, scaffold));
  store.close();
  return `/runs/bench-long/${episodeKey(episode)}`;
}

/** Runs `bench-0`, `bench-1`, ... of `episodes` finished episodes each; all have the same short trace, and scores of their own. */
export async function recordManyRuns(home: string, runs: number, episodes: number): Promise<void> {
  const store = await Store.open(join(home, "store"));
  const scaffold = await keepSomeScaffold(store);
  const { trace, memory } = await store.records.get(await recordLongEpisode(store, 20, scaffold), "automem.episode/1");
  const names = Array.from({ length: episodes }, (_, seed) => ({ task: "default", seed }));
  for (let index = 0; index < runs; index += 1) {
    const bare = someRun(names);
    const model = { ...bare.model, name: `scripted:model-${index % 7}` };
    const run = await store.runs.create({
      id: `bench-${index}`,
      record: { ...bare, settings: { ...bare.settings, model: model.name }, model, scaffold },
      createdMs: firstRunMs + index * 60_000,
      commandLine: ["run", "toy"],
    });
    for (const name of names) {
      const facts = someFacts(20, name.seed, ((name.seed * 31 + index * 17) % 100) / 100);
      const hash = await store.records.put<"automem.episode/1">({
        schema: "automem.episode/1",
        ...facts,
        model,
        scaffold,
        trace,
        memory,
      });
      await keepState(run, name, hash);
    }
  }
  store.close();
}

async function keepState(run: OpenRun, episode: { task: string; seed: number }, record: Hash): Promise<void> {
  const folder = run.folder.episodesFolder();
  await mkdir(folder, { recursive: true });
  const state = { schema: "automem.episode-state/1", ...episode, status: "finished", attempts: 1, record } as const;
  await writeRunFile(join(folder, `${episodeKey(episode)}.json`), state);
}

if (import.meta.main) {
  const [what, home = "", ...counts] = process.argv.slice(2);
  const [first = 0, second = 0] = counts.map(Number);
  if (what === "long") await recordLongRun(home, first);
  else await recordManyRuns(home, first, second);
}
