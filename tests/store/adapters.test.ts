/** Runs that were played with an adapter: the adapter goes along into an archive, stays through garbage collection, and is looked for by fsck. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { peftConfigFile, peftWeightsFile } from "../../src/core/adapter.ts";
import type { Hash } from "../../src/core/hash.ts";
import { type PackedFile, packTarGz } from "../../src/platform/pack-tar.ts";
import { unpackTarGz } from "../../src/platform/unpack-tar.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { adapterRef } from "../../src/store/adapter-refs.ts";
import { findAdapter, type KeptAdapter, listAdapters, type NewAdapter, putAdapter } from "../../src/store/adapters.ts";
import { exportRun } from "../../src/store/archive/export-run.ts";
import { importRun, standardImportLimits } from "../../src/store/archive/import-run.ts";
import { checkStore } from "../../src/store/check/check-store.ts";
import { collectGarbage } from "../../src/store/garbage/collect.ts";
import { listFiles } from "../../src/store/list-files.ts";
import { Store } from "../../src/store/store.ts";
import { HashModel, RingGame, ringDependencies, ringScaffold, ringSettings } from "../run/support.ts";
import { keepSomeScaffold } from "./filled-store.ts";
import { freshFolder, removeFolders } from "./support.ts";

const bytes = (text: string) => Buffer.from(text);
const described: NewAdapter = {
  base: { model: "llama-cpp:tiny", digest: "b".repeat(64) },
  rank: 4,
  alpha: 8,
  targetModules: ["q_proj"],
  dtype: "F32",
};
const peft = { [peftConfigFile]: bytes("{}"), [peftWeightsFile]: bytes("weights") };

let store: Store;
let folder: string;
let archive: string;
let scaffold: Hash;
let played: KeptAdapter;
beforeEach(async () => {
  folder = freshFolder();
  archive = join(folder, "run.tar.gz");
  store = await Store.open(join(folder, "store"));
  scaffold = await keepSomeScaffold(store);
  played = await putAdapter(store, { ...described, peft, gguf: bytes("gguf") });
});
afterEach(removeFolders);

/** What a run with the adapter needs; the game stops it at `stopAt` of its steps. */
async function dependencies(of: Store, adapter: Hash, stopAt?: number) {
  const stop = new AbortController();
  const openGame = async () =>
    new RingGame(6, (_, step) => {
      if (step === stopAt) stop.abort();
    });
  const specialist = { model: new HashModel(), adapter };
  const parts = { store: of, scaffold: Object.assign(ringScaffold(), { hash: scaffold }), openGame, specialist };
  return ringDependencies(of.folder, { ...parts, signal: stop.signal });
}

async function play(stopAt?: number, adapter = played.adapter.name): Promise<string> {
  const settings = ringSettings({ seeds: [1] });
  return (await startRun(await dependencies(store, adapter, stopAt), { settings, commandLine: [] })).runId;
}

const otherStore = () => Store.open(join(folder, "other"));
const damageOf = async (of: Store) => (await checkStore(Store.forCheck(of.folder))).damage;
const options = () => ({ path: archive, nowMs: 0, automemVersion: "0.1.0" });

describe("the archive of a run with an adapter", () => {
  test("holds its record and files, and elsewhere it is found by its name", async () => {
    await putAdapter(store, { ...described, gguf: bytes("nobody plays with this one") });
    const run = await play();
    await exportRun(store, run, options());
    const other = await otherStore();
    await importRun(other, archive);
    expect(await listAdapters(other)).toEqual([played.adapter]);
    const { record, adapter } = await findAdapter(other, played.adapter.name.slice(0, 8));
    expect(record).toBe(played.record);
    expect(Buffer.from(await other.blobs.get(adapter.gguf!)).toString()).toBe("gguf");
    expect(Buffer.from(await other.blobs.get(adapter.peft![peftWeightsFile])).toString()).toBe("weights");
    expect(await damageOf(other)).toEqual([]);
  });

  test("lets it be played on elsewhere, to the same record", async () => {
    const run = await play(3);
    await exportRun(store, run, options());
    const other = await otherStore();
    await importRun(other, archive);
    const finish = async (of: Store) => {
      const { name } = (await findAdapter(of, played.adapter.name)).adapter;
      return (await resumeRun(await dependencies(of, name), run)).finished.map(({ record }) => record);
    };
    const records = await finish(other);
    expect(records).toHaveLength(1);
    expect(records).toEqual(await finish(store));
    expect(await damageOf(other)).toEqual([]);
  });

  test("holds an adapter that is a GGUF alone, whose name is also that of a blob", async () => {
    const bare = await putAdapter(store, { ...described, gguf: bytes("bare") });
    const run = await play(undefined, bare.adapter.name);
    await exportRun(store, run, options());
    const other = await otherStore();
    await importRun(other, archive);
    expect(await listAdapters(other)).toEqual([bare.adapter]);
  });

  test("adds to an adapter that is there what it lacks, and leaves one that differs as it is", async () => {
    const run = await play();
    await exportRun(store, run, options());
    const [lacking, differing] = [await otherStore(), await Store.open(join(folder, "third"))];
    await putAdapter(lacking, { ...described, peft });
    const own = await putAdapter(differing, { ...described, peft, gguf: bytes("converted otherwise") });
    for (const of of [lacking, differing]) await importRun(of, archive);
    expect((await findAdapter(lacking, played.adapter.name)).adapter).toEqual(played.adapter);
    expect((await findAdapter(differing, played.adapter.name)).adapter).toEqual(own.adapter);
    expect([await damageOf(lacking), await damageOf(differing)]).toEqual([[], []]);
  });

  test("with an adapter that the run does not name is refused", async () => {
    const run = await play();
    await exportRun(store, run, options());
    const strange = await putAdapter(store, { ...described, gguf: bytes("strange") });
    const unpacked = join(folder, "unpacked");
    await unpackTarGz(archive, unpacked, standardImportLimits);
    const place = (path: string) => path.slice(store.folder.length + 1);
    const more = [store.records.path(strange.record), store.blobs.path(strange.adapter.gguf!)];
    const added: PackedFile[] = await Promise.all(
      more.map(async (path) => ({ path: place(path), content: await Bun.file(path).bytes() })),
    );
    const manifestPath = "automem-export.json";
    const manifest = await Bun.file(join(unpacked, manifestPath)).json();
    for (const { path, content } of added) {
      manifest.files.push({
        path,
        sizeBytes: content.length,
        sha256: new Bun.CryptoHasher("sha256").update(content).digest("hex"),
      });
    }
    const kept = (await listFiles(unpacked)).filter(({ path }) => path !== manifestPath);
    async function* all(): AsyncGenerator<PackedFile> {
      yield { path: manifestPath, content: Buffer.from(JSON.stringify(manifest)) };
      for (const { path } of kept) yield { path, content: await Bun.file(join(unpacked, path)).bytes() };
      yield* added;
    }
    await packTarGz(archive, all());
    const other = await otherStore();
    await expect(importRun(other, archive)).rejects.toMatchObject({ code: "bad-archive" });
    expect(await listAdapters(other)).toEqual([]);
  });
});

describe("an adapter that was played with", () => {
  test("stays through garbage collection, record and files", async () => {
    await play();
    const collect = () => collectGarbage(store, { nowMs: Date.now() + 1e9, graceMs: 0, dryRun: false });
    expect((await collect()).removed.filter(({ kind }) => kind !== "leftover")).toEqual([]);
    expect((await findAdapter(store, played.adapter.name)).adapter).toEqual(played.adapter);
  });

  test("is missed by fsck and by export when it is not in the store, with the run that needs it", async () => {
    const run = await play();
    rmSync(join(store.folder, "refs", `${adapterRef(played.adapter.name)}.json`));
    const damage = await damageOf(store);
    expect(damage).toHaveLength(1);
    expect(damage[0]).toMatchObject({ path: `refs/adapters/${played.adapter.name}.json`, runs: [run] });
    expect(damage[0]!.problem).toContain("adapter");
    await expect(exportRun(store, run, options())).rejects.toMatchObject({ code: "missing-adapter" });
    await putAdapter(store, { ...described, peft, gguf: bytes("gguf") });
    expect(await damageOf(store)).toEqual([]);
  });

  test("whose files are gone is missed by fsck through its record", async () => {
    const run = await play();
    rmSync(store.blobs.path(played.adapter.gguf!));
    const damage = await damageOf(store);
    expect(damage.map(({ path, refs, runs }) => [path.startsWith("blobs/"), refs, runs])).toEqual([
      [true, [`adapters/${played.adapter.name}`], [run]],
    ]);
    await expect(exportRun(store, run, options())).rejects.toMatchObject({ code: "missing-blob" });
  });

  test("has a ref that points to an adapter, or fsck says so", async () => {
    store.refs.move(adapterRef("c".repeat(64)), undefined, scaffold);
    expect((await damageOf(store)).map(({ problem }) => problem.includes("automem.adapter/1"))).toEqual([true]);
  });
});
