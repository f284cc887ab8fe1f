/** Totals of runs in a real store: what is counted, and what a damaged record does. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type App, openApp } from "../../src/app/app.ts";
import { compareNamed } from "../../src/app/compare/compare.ts";
import { exportRun } from "../../src/app/export/export.ts";
import { keptEpisodes, runTotals } from "../../src/app/run-totals.ts";
import { listRunsWithTotals } from "../../src/app/runs.ts";
import { canonicalJson, type JsonObject } from "../../src/core/json.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import type { OpenRun } from "../../src/store/runs.ts";
import { freshFolder, playedEntries, removeFolders, someFacts, someHash, someRun } from "../store/support.ts";

let app: App;
let folder: string;
beforeEach(() => {
  folder = freshFolder();
  app = openApp({ AUTOMEM_HOME: folder });
});
afterEach(async () => {
  (await app.store()).close();
  removeFolders();
});

/** A run of three episodes: two played to their end, the third never started. */
async function makeRun(id: string, figures?: JsonObject, game = "toy"): Promise<OpenRun> {
  const { records, runs } = await app.store();
  const manifest = {
    schema: "automem.scaffold/1",
    name: "base",
    version: "0.1.0",
    description: "d",
    licence: "MIT",
    entry: "hooks.ts",
  } as const;
  const scaffold = await records.put<"automem.scaffold-record/1">({
    schema: "automem.scaffold-record/1",
    manifest,
    files: { "hooks.ts": someHash },
  });
  const planned = [1, 2, 3].map((seed) => ({ task: "default", seed }));
  const base = someRun(planned);
  const record = { ...base, scaffold, game: { ...base.game, name: game } };
  const run = await runs.create({ id, record, createdMs: Date.UTC(2026, 0, 1), commandLine: [] });
  for (const episode of run.episodes.slice(0, 2)) {
    await run.folder.markStarted(episode, 1);
    const journal = await run.folder.openJournal(episode.key);
    const counter = new EpisodeCounter();
    for (const entry of playedEntries(4)) {
      counter.add(entry);
      await journal.commit(entry);
    }
    await journal.close();
    const counted = JSON.parse(JSON.stringify(counter.figures())) as JsonObject;
    await run.folder.finish(episode, { ...someFacts(4, episode.seed, 0.5), figures: figures ?? counted }, 1);
  }
  return run;
}

describe("totals of a run", () => {
  test("are of its finished episodes", async () => {
    const run = await makeRun("toy-20260101-1200-aaaa");
    const episodes = await keptEpisodes(app, run);
    expect(episodes.map(({ status }) => status)).toEqual(["finished", "finished", "not started"]);
    const { figures, times } = await runTotals(app, run, episodes);
    expect(figures).toMatchObject({ episodes: 2, steps: 8, writes: 6, searches: 8, calls: 2 * (3 + 8) });
    expect(times.steps).toBe(0);
  });

  test("leave out figures that cannot be read, and a comparison says so", async () => {
    await makeRun("toy-20260101-1200-aaaa");
    await makeRun("toy-20260101-1201-bbbb", { of: "another automem" });
    const { details, warnings, runs } = await compareNamed(app, ["toy-20260101-1200", "toy-20260101-1201"]);
    expect(details.map(({ withoutFigures }) => withoutFigures)).toEqual([0, 2]);
    expect(runs.map(({ mean, missing }) => [mean, missing])).toEqual([
      [0.5, 1],
      [0.5, 1],
    ]);
    expect(warnings.join("\n")).toContain("2 of 2 episodes have figures that cannot be read");
  });

  test("a run with a damaged record keeps no other run from the list", async () => {
    const run = await makeRun("toy-20260101-1200-aaaa");
    await makeRun("toy-20260101-1201-bbbb", { of: "another automem" });
    const state = await run.folder.peekState(run.episodes[0]!.key);
    const hash = state?.record ?? "";
    await listRunsWithTotals(app);
    await writeFile(
      join(folder, "store", "records", hash.slice(0, 2), `${hash.slice(2)}.json`),
      canonicalJson({ a: 1 }),
    );
    const rows = await listRunsWithTotals(app);
    expect(rows.map(({ id, totals }) => [id, totals === undefined]).sort()).toEqual([
      ["toy-20260101-1200-aaaa", true],
      ["toy-20260101-1201-bbbb", false],
    ]);
    expect(rows.find(({ totals }) => totals === undefined)?.problem).toContain(hash);
  });
});

describe("what is refused", () => {
  test("runs of different games", async () => {
    await makeRun("toy-20260101-1200-aaaa");
    await makeRun("other-20260101-1200-aaaa", undefined, "other");
    await expect(compareNamed(app, ["toy-20260101-1200-aaaa", "other-20260101-1200-aaaa"])).rejects.toThrow("one game");
  });
});

describe("an export", () => {
  test("of an episode whose trace is lost fails, and leaves no file", async () => {
    const run = await makeRun("toy-20260101-1200-aaaa");
    await rm(join(folder, "store", "blobs"), { recursive: true });
    const out = join(folder, "run.eval");
    const request = { format: "inspect", out } as const;
    await expect(exportRun(app, run.folder.id, request)).rejects.toMatchObject({ name: "StoreError" });
    expect(await Array.fromAsync(new Bun.Glob("run.eval*").scan(folder))).toEqual([]);
  });
});
