/** `gc`: what is reached stays, whatever happens beside it; what is not goes, once it is old. */
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkStore } from "../../src/store/check/check-store.ts";
import { collectGarbage, standardGraceMs } from "../../src/store/garbage/collect.ts";
import { listFiles } from "../../src/store/list-files.ts";
import { Store } from "../../src/store/store.ts";
import { type FilledStore, filledStore } from "./filled-store.ts";
import { removeFolders } from "./support.ts";

afterEach(removeFolders);

const hour = 3_600_000;
/** As seen two hours from now. */
const later = (options: { dryRun?: boolean; graceMs?: number } = {}) => ({
  nowMs: Date.now() + 2 * hour,
  graceMs: standardGraceMs,
  dryRun: false,
  ...options,
});

const paths = async (store: Store) => (await listFiles(store.folder)).map(({ path }) => path).sort();
const damageOf = async (store: Store) => (await checkStore(Store.forCheck(store.folder))).damage;

/** Makes the finished run's objects garbage. */
function forgetFinished({ store, finished }: FilledStore): void {
  rmSync(join(store.folder, "runs", finished), { recursive: true });
}

test("nothing goes while all is reached", async () => {
  const { store } = await filledStore();
  const before = await paths(store);
  const report = await collectGarbage(store, later());
  expect(report).toMatchObject({ removed: [], removedBytes: 0, reached: 13, young: 0 });
  expect((await paths(store)).filter((path) => path !== "gc.lock.sqlite")).toEqual(before);
});

test("what a removed run alone had goes; what others reach stays; --dry-run tells the same and removes nothing", async () => {
  const filled = await filledStore();
  const { store, stopped } = filled;
  const before = await paths(store);
  forgetFinished(filled);
  const dry = await collectGarbage(store, later({ dryRun: true }));
  expect(dry.removed.filter(({ kind }) => kind === "record").length).toBe(3);
  expect(dry.removedBytes).toBe(dry.removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  expect(await damageOf(store)).toEqual([]);
  for (const { path } of dry.removed) expect(existsSync(join(store.folder, path))).toBe(true);

  const real = await collectGarbage(store, later());
  expect(real).toEqual({ ...dry, dryRun: false });
  for (const { path } of real.removed) expect(existsSync(join(store.folder, path))).toBe(false);
  expect(await damageOf(store)).toEqual([]);
  expect((await store.runs.open(stopped)).record.game.name).toBe("ring");
  const gone = new Set(real.removed.map(({ path }) => path));
  const after = await paths(store);
  expect(before.filter((path) => !path.startsWith(`runs/${filled.finished}/`) && !gone.has(path))).toEqual(
    after.filter((path) => path !== "gc.lock.sqlite"),
  );
});

test("what is younger than the grace period stays", async () => {
  const filled = await filledStore();
  forgetFinished(filled);
  const options = { nowMs: Date.now(), graceMs: standardGraceMs, dryRun: false };
  const report = await collectGarbage(filled.store, options);
  expect(report.removed).toEqual([]);
  expect(report.young).toBeGreaterThan(5);
});

test("what a killed writer left goes once it is old", async () => {
  const { store, stopped } = await filledStore();
  const left = [
    "blobs/00/x.1.tmp",
    `runs/${stopped}/episodes/left-s3.json.9.tmp`,
    "incoming/abc/blobs/aa/b.zst",
    "runs/x-1.9.tmp/run.json",
  ];
  for (const path of left) {
    mkdirSync(dirname(join(store.folder, path)), { recursive: true });
    writeFileSync(join(store.folder, path), "half");
  }
  expect((await collectGarbage(store, { ...later(), nowMs: Date.now() })).removed).toEqual([]);
  const { removed } = await collectGarbage(store, later());
  const found = removed.map(({ path, sizeBytes }) => [path, sizeBytes]).sort();
  expect(found).toEqual([
    ["blobs/00/x.1.tmp", 4],
    ["incoming/abc", 4],
    [`runs/${stopped}/episodes/left-s3.json.9.tmp`, 4],
    ["runs/x-1.9.tmp", 4],
  ]);
  for (const path of left) expect(existsSync(join(store.folder, path))).toBe(false);
});

describe("beside writers", () => {
  test("an old object that is put again after the listing stays, and one whose pointer is set then is reached", async () => {
    const { store, scaffold } = await filledStore();
    const oldBlob = await store.blobs.put("put again");
    const pointed = await store.blobs.put("pointed to");
    const manifest = (await store.records.get(scaffold, "automem.scaffold-record/1")).manifest;
    const record = await store.records.put<"automem.scaffold-record/1">({
      schema: "automem.scaffold-record/1",
      manifest,
      files: { "hooks.ts": pointed },
    });
    const old = new Date(Date.now() - 5 * hour);
    const all = [store.blobs.path(oldBlob), store.blobs.path(pointed), store.records.path(record)];
    for (const path of all) utimesSync(path, old, old);
    // The pointers are read after the objects were listed: here the writer comes in between.
    const names = store.refs.names.bind(store.refs);
    store.refs.names = async () => {
      await store.blobs.put("put again");
      store.refs.move("scaffold/new", undefined, record);
      return names();
    };
    const options = { nowMs: Date.now(), graceMs: standardGraceMs, dryRun: false };
    expect((await collectGarbage(store, options)).removed).toEqual([]);
    for (const path of all) expect(existsSync(path)).toBe(true);
  });

  test("what a process that plays wrote since it took its run stays, wherever the clock is by now", async () => {
    const { store, stopped } = await filledStore();
    const lock = await (await store.runs.open(stopped)).folder.lock(Date.now() - 1000);
    const hash = await store.blobs.put("of an episode that is being finished");
    expect((await collectGarbage(store, { ...later(), nowMs: Date.now() + 999 * hour })).removed).toEqual([]);
    expect(await store.blobs.has(hash)).toBe(true);
    lock.release();
    expect((await collectGarbage(store, later())).removed.length).toBe(1);
  });

  test("what an interrupted gc had set aside comes back", async () => {
    const { store, scaffold } = await filledStore();
    const path = store.records.path(scaffold);
    const place = path.slice(store.folder.length + 1);
    mkdirSync(join(store.folder, "trash"));
    renameSync(path, join(store.folder, "trash", place.replaceAll("/", "-")));
    expect((await collectGarbage(store, later())).removed).toEqual([]);
    expect(existsSync(path)).toBe(true);
    expect(await damageOf(store)).toEqual([]);
  });

  test("two collectors at once: the second is told", async () => {
    const { store } = await filledStore();
    const names = store.refs.names.bind(store.refs);
    let second: unknown;
    store.refs.names = async () => {
      second ??= await collectGarbage(store, later()).catch((fault) => fault);
      return names();
    };
    await collectGarbage(store, later());
    expect(second).toMatchObject({ code: "gc-running" });
  });
});

test("nothing goes while what is needed cannot be told", async () => {
  const filled = await filledStore();
  const { store, finished } = filled;
  const { record } = (await store.runs.folder(finished).peekState("left-s1"))!;
  const path = store.records.path(record!);
  const before = await paths(store);
  writeFileSync(path, readFileSync(path, "utf8").replace("left", "lift"));
  await expect(collectGarbage(store, later())).rejects.toMatchObject({ name: "StoreError", code: "damaged-store" });
  expect((await paths(store)).filter((one) => one !== "gc.lock.sqlite")).toEqual(before);
});

test("a record of a kind that is not known here keeps what it names", async () => {
  const { store } = await filledStore();
  const blob = await store.blobs.put("needed by something newer");
  const text = JSON.stringify({ schema: "automem.something/7", parts: [{ [blob]: 1 }] });
  const hash = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  mkdirSync(dirname(store.records.path(hash)), { recursive: true });
  writeFileSync(store.records.path(hash), text);
  store.refs.move("new", undefined, hash);
  expect((await collectGarbage(store, later())).removed).toEqual([]);
  expect(await store.blobs.has(blob)).toBe(true);
});
