import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, playedEntries, removeFolders, someFacts, someRun } from "./support.ts";

afterEach(removeFolders);

async function storeWithRun(seeds = [1, 2, 3]) {
  const store = await Store.open(join(freshFolder(), "store"));
  const record = someRun(seeds.map((seed) => ({ task: "default", seed })));
  const run = await store.runs.create({ id: "toy-1", record, createdMs: 1_000, commandLine: [] });
  return { store, run };
}

async function finish(
  { run }: Awaited<ReturnType<typeof storeWithRun>>,
  index: number,
  progress: number,
): Promise<void> {
  const episode = run.episodes[index]!;
  const journal = await EpisodeJournal.open(run.folder.journalFolder(episode.key));
  for (const entry of playedEntries(2)) journal.add(entry);
  await journal.close();
  await run.folder.finish(episode, someFacts(2, episode.seed, progress), 1);
}

describe("the index", () => {
  test("shows runs and episodes as they stand, with missing ones told apart", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 0.25);
    await finish(made, 1, 0.75);
    const failure = { error: "GameError", code: "exited", message: "gone", retryable: false };
    await made.run.folder.markFailed(made.run.episodes[2]!, 2, failure);
    expect(await made.store.catalogue.listRuns()).toEqual([
      {
        id: "toy-1",
        created: "1970-01-01T00:00:01.000Z",
        game: "toy",
        model: "scripted:test",
        scaffold: "base",
        planned: 3,
        finished: 2,
        failed: 1,
        meanProgress: 0.5,
        steps: 4,
        calls: null,
        promptTokens: null,
        cachedTokens: null,
        generatedTokens: null,
        uncounted: 0,
        money: null,
        seconds: null,
        specialist: null,
        problem: null,
      },
    ]);
    expect(await made.store.catalogue.listEpisodes("toy-1")).toMatchObject([
      { key: "default-s1", status: "finished", steps: 2, progress: 0.25, failure: null },
      { key: "default-s2", status: "finished", progress: 0.75 },
      { key: "default-s3", status: "failed", record: null, steps: null, progress: null, failure: "gone" },
    ]);
  });

  test("is never behind: what another process wrote is there at the next look", async () => {
    const made = await storeWithRun();
    expect((await made.store.catalogue.listRuns())[0]).toMatchObject({ finished: 0, meanProgress: null });
    const other = await Store.open(made.store.folder);
    await finish({ store: other, run: await other.runs.open("toy-1") }, 0, 1);
    expect((await made.store.catalogue.listRuns())[0]).toMatchObject({ finished: 1 });
    await finish(made, 1, 0);
    expect((await other.catalogue.listRuns())[0]).toMatchObject({ finished: 2, meanProgress: 0.5 });
    made.store.close();
    other.close();
  });

  test("deleted or spoiled, it is built again from the run folders", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 1);
    const before = await made.store.catalogue.listRuns();
    made.store.close();
    const path = join(made.store.folder, "index.sqlite");
    for (const spoil of [
      () => rmSync(path),
      () => writeFileSync(path, "no database at all, but long enough to look at ".repeat(99)),
    ]) {
      spoil();
      for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
      const store = await Store.open(made.store.folder);
      expect(await store.catalogue.listRuns()).toEqual(before);
      expect(await store.catalogue.reindex()).toBe(1);
      expect(await store.catalogue.listRuns()).toEqual(before);
      store.close();
    }
  });

  test("reads a settled run once, and forgets a run whose folder is gone", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 1);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(made.run.folder.episodesFolder(), longAgo, longAgo);
    await made.store.catalogue.listRuns();
    let opened = 0;
    const { runs } = made.store;
    const open = runs.open.bind(runs);
    runs.open = (id) => {
      opened++;
      return open(id);
    };
    await made.store.catalogue.listRuns();
    expect(opened).toBe(0);
    await finish(made, 1, 1);
    expect((await made.store.catalogue.listRuns())[0]).toMatchObject({ finished: 2 });
    expect(opened).toBe(1);
    rmSync(made.run.folder.folder, { recursive: true });
    expect(await made.store.catalogue.listRuns()).toEqual([]);
    expect(await made.store.catalogue.listEpisodes("toy-1")).toEqual([]);
  });

  test("adds up an episode's times, and reads them again only after they changed", async () => {
    const { store, run } = await storeWithRun();
    const { key } = run.episodes[0]!;
    const record = async (...totalMs: number[]) => {
      const log = await run.folder.openTimes(key);
      for (const each of totalMs)
        log.add({ stepIndex: 0, totalMs: each, gameMs: 1, calls: [{ totalMs: 2 }, { totalMs: 3, firstTokenMs: 1 }] });
      await log.close();
    };
    const sums = () => store.catalogue.timeSums(run.folder, [key, "never-played"]);
    const none = { steps: 0, totalMs: 0, gameMs: 0, modelMs: 0 };
    expect(await sums()).toEqual([none, none]);
    await record(10, 20);
    const two = { steps: 2, totalMs: 30, gameMs: 2, modelMs: 10 };
    expect(await sums()).toEqual([two, none]);
    const times = run.folder.times.bind(run.folder);
    let reads = 0;
    run.folder.times = (asked) => {
      reads++;
      return times(asked);
    };
    expect(await sums()).toEqual([two, none]);
    expect(reads).toBe(0);
    await record(40);
    expect(await sums()).toEqual([{ steps: 3, totalMs: 70, gameMs: 3, modelMs: 15 }, none]);
    store.close();
  });

  test("of a run under way, states of finished episodes are read again only once it has settled, and then a damaged one shows", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 1);
    await made.run.folder.markStarted(made.run.episodes[1]!, 1);
    const { catalogue, runs } = made.store;
    await catalogue.listRuns();
    const read: string[] = [];
    const open = runs.open.bind(runs);
    runs.open = async (id) => {
      const run = await open(id);
      const peekState = run.folder.peekState.bind(run.folder);
      run.folder.peekState = (key) => {
        read.push(key);
        return peekState(key);
      };
      return run;
    };
    const database = new Database(join(made.store.folder, "index.sqlite"));
    const version = () => database.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version;
    const before = version();
    await catalogue.listRuns();
    expect(read).toEqual(["default-s2"]);
    expect(version()).toBe(before!);
    await finish(made, 1, 0.5);
    expect(await catalogue.listEpisodes("toy-1")).toMatchObject([{ progress: 1 }, { progress: 0.5 }]);
    expect(read).toEqual(["default-s2", "default-s2"]);
    expect(version()).not.toBe(before);
    database.close();
    writeFileSync(join(made.run.folder.episodesFolder(), "default-s1.json"), "{");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(made.run.folder.episodesFolder(), longAgo, longAgo);
    expect((await catalogue.listRuns())[0]?.problem).toContain("default-s1.json cannot be read");
  });

  test("an episode that was removed to be played anew is listed no more, and another run of the same name is read anew", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 1);
    const { catalogue, runs } = made.store;
    expect(await catalogue.listRuns()).toMatchObject([{ finished: 1, meanProgress: 1 }]);
    rmSync(join(made.run.folder.episodesFolder(), "default-s1.json"));
    expect(await catalogue.listRuns()).toMatchObject([{ finished: 0, meanProgress: null }]);
    rmSync(made.run.folder.folder, { recursive: true });
    const run = await runs.create({ id: "toy-1", record: made.run.record, createdMs: 5_000, commandLine: [] });
    await finish({ store: made.store, run }, 0, 0.25);
    expect(await catalogue.listRuns()).toMatchObject([{ finished: 1, meanProgress: 0.25 }]);
    rmSync(run.folder.folder, { recursive: true });
    const third = await runs.create({ id: "toy-1", record: made.run.record, createdMs: 6_000, commandLine: [] });
    await finish({ store: made.store, run: third }, 0, 0.75);
    expect(await catalogue.listRuns()).toMatchObject([{ finished: 1, meanProgress: 0.75 }]);
  });

  test("many who ask at once are answered by one look more than one, and none is behind", async () => {
    const made = await storeWithRun();
    let opened = 0;
    const { runs } = made.store;
    const open = runs.open.bind(runs);
    runs.open = (id) => {
      opened++;
      return open(id);
    };
    const { catalogue } = made.store;
    const asked = [catalogue.listRuns()];
    await finish(made, 0, 1);
    asked.push(...Array.from({ length: 9 }, () => catalogue.listRuns()));
    const finished = (await Promise.all(asked)).map(([row]) => row?.finished);
    expect(finished.slice(1)).toEqual(Array(9).fill(1));
    // The folder was changed just now, so each look reads it.
    expect(opened).toBeLessThanOrEqual(3);
  });

  test("a look that failed fails for those who asked for it, and for nobody after them", async () => {
    const { store } = await storeWithRun();
    const ids = store.runs.ids.bind(store.runs);
    const unreadable = new Error("the disk is gone");
    store.runs.ids = () => Promise.reject(unreadable);
    const first = store.catalogue.listRuns();
    first.catch(() => undefined);
    store.runs.ids = ids;
    const second = store.catalogue.listRuns();
    await expect(first).rejects.toBe(unreadable);
    expect(await second).toMatchObject([{ id: "toy-1" }]);
  });

  test("a run that an older automem put into the index gets its sums", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 0.5);
    const before = await made.store.catalogue.listRuns();
    const database = new Database(join(made.store.folder, "index.sqlite"));
    database.run("UPDATE runs SET finished = NULL, failed = NULL, meanProgress = NULL, steps = NULL, uncounted = NULL");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(made.run.folder.episodesFolder(), longAgo, longAgo);
    const { ino, mtimeMs } = statSync(made.run.folder.episodesFolder());
    database.run("UPDATE runs SET stamp = ?", [`${ino}-${mtimeMs}`]);
    database.close();
    expect(await made.store.catalogue.listRuns()).toEqual(before);
    expect(before).toMatchObject([{ finished: 1, meanProgress: 0.5, steps: 2 }]);
  });

  test("a damaged run is listed with what is wrong, and hides no other", async () => {
    const made = await storeWithRun();
    await made.store.runs.create({ id: "toy-2", record: someRun(), createdMs: 2_000, commandLine: [] });
    writeFileSync(join(made.run.folder.folder, "run.json"), "{");
    const rows = await made.store.catalogue.listRuns();
    expect(rows.map(({ id, problem }) => [id, problem === null])).toEqual([
      ["toy-2", true],
      ["toy-1", false],
    ]);
    expect(rows[1]?.problem).toContain("run.json cannot be read");
  });

  test("an episode whose record is damaged is listed as finished, with what is wrong and no score", async () => {
    const made = await storeWithRun();
    await finish(made, 0, 1);
    const { record } = (await made.run.folder.peekState("default-s1"))!;
    writeFileSync(made.store.records.path(record!), "{}");
    const [row] = await made.store.catalogue.listEpisodes("toy-1");
    expect(row).toMatchObject({ status: "finished", progress: null });
    expect(row?.failure).toContain("corrupted");
  });

  test("many processes may look at once", async () => {
    const made = await storeWithRun(Array.from({ length: 30 }, (_, index) => index));
    for (let index = 0; index < 30; index++) await made.run.folder.markStarted(made.run.episodes[index]!, 1);
    const script = `
      const { Store } = await import(${JSON.stringify(join(import.meta.dir, "../../src/store/store.ts"))});
      const store = await Store.open(${JSON.stringify(made.store.folder)});
      for (let round = 0; round < 10; round++) await store.catalogue.listRuns();
      console.log((await store.catalogue.listEpisodes("toy-1")).length);`;
    const children = [1, 2, 3].map(() =>
      Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" }),
    );
    const said = await Promise.all(
      children.map(async (child) => [await new Response(child.stdout).text(), await new Response(child.stderr).text()]),
    );
    expect(said).toEqual([
      ["30\n", ""],
      ["30\n", ""],
      ["30\n", ""],
    ]);
  });
});

test("a run's files are whole or not there, with no leftovers", async () => {
  const made = await storeWithRun();
  await finish(made, 0, 1);
  const names = readdirSync(made.store.folder, { recursive: true }) as string[];
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
