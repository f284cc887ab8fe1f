/** A run goes out into an archive and comes in elsewhere as it was; a hostile archive leaves nothing. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { hashBytes } from "../../src/core/hash.ts";
import { type PackedFile, packTarGz } from "../../src/platform/pack-tar.ts";
import { unpackTarGz } from "../../src/platform/unpack-tar.ts";
import { resumeRun } from "../../src/run/run.ts";
import { exportRun } from "../../src/store/archive/export-run.ts";
import { importRun, standardImportLimits } from "../../src/store/archive/import-run.ts";
import { manifestName } from "../../src/store/archive/manifest.ts";
import { checkStore } from "../../src/store/check/check-store.ts";
import { listFiles } from "../../src/store/list-files.ts";
import { Store } from "../../src/store/store.ts";
import { type TarEntry, tarGz } from "../fixtures/plugins/tar.ts";
import { RingGame, ringDependencies, ringScaffold } from "../run/support.ts";
import { type FilledStore, filledStore } from "./filled-store.ts";
import { freshFolder, removeFolders } from "./support.ts";

let filled: FilledStore;
let folder: string;
let archive: string;
beforeEach(async () => {
  filled = await filledStore();
  folder = freshFolder();
  archive = join(folder, "run.tar.gz");
});
afterEach(removeFolders);

const options = () => ({ path: archive, nowMs: 0, automemVersion: "0.1.0" });
const otherStore = () => Store.open(join(folder, "other"));
const damageOf = async (store: Store) => (await checkStore(Store.forCheck(store.folder))).damage;

describe("export and import", () => {
  test("give the same run elsewhere: sound, equal, and nothing else", async () => {
    const { store, finished } = filled;
    const report = await exportRun(store, finished, options());
    const other = await otherStore();
    expect(await importRun(other, archive)).toEqual({ run: finished, added: true, objects: 12, written: 12 });
    expect(report.files).toBeGreaterThan(12);
    expect(await damageOf(other)).toEqual([]);
    const here = await store.runs.open(finished);
    const there = await other.runs.open(finished);
    expect([there.file, there.record, there.episodes]).toEqual([here.file, here.record, here.episodes]);
    for (const { key } of here.episodes) {
      const read = async (one: Store) => Array.fromAsync((await one.readEpisode(finished, key)).entries());
      expect(await read(other)).toEqual(await read(store));
      expect(await there.folder.times(key)).toEqual(await here.folder.times(key));
    }
    expect(await other.runs.ids()).toEqual([finished]);
    expect(readdirSync(other.folder).sort()).toEqual(["blobs", "records", "runs", "version.json"]);
    expect((await other.catalogue.listRuns())[0]).toMatchObject({ id: finished, finished: 2, planned: 2 });
  });

  test("an unfinished run is played on where it came to, and ends with the same record", async () => {
    const { store, stopped, scaffold } = filled;
    await exportRun(store, stopped, options());
    const other = await otherStore();
    await importRun(other, archive);
    const finish = async (one: Store) => {
      const openGame = async () => new RingGame(300);
      const parts = { store: one, openGame, scaffold: Object.assign(ringScaffold(), { hash: scaffold }) };
      const dependencies = await ringDependencies(one.folder, parts);
      const summary = await resumeRun(dependencies, stopped);
      const replayed = dependencies.events.filter((event) => event.kind === "step-end" && event.replayed).length;
      expect(replayed).toBeGreaterThan(256);
      return summary.finished.map(({ record }) => record);
    };
    expect(await finish(other)).toEqual(await finish(store));
    expect(await damageOf(other)).toEqual([]);
  });

  test("the archive of an equal run is equal, byte for byte, and tar reads it", async () => {
    await exportRun(filled.store, filled.stopped, options());
    const first = readFileSync(archive);
    await exportRun(filled.store, filled.stopped, options());
    expect(readFileSync(archive).equals(first)).toBe(true);
    const names = Bun.spawnSync(["tar", "tzf", archive]).stdout.toString().trim().split("\n");
    expect(names[0]).toBe(manifestName);
    expect(names.some((name) => /journal-0000\.[0-9a-f]{64}\.zst$/.test(name) && name.length > 100)).toBe(true);
    expect(readdirSync(folder)).toEqual(["run.tar.gz"]);
  });

  test("taking it in again mends what is missing or damaged, and changes nothing else", async () => {
    const { store, finished, scaffold } = filled;
    await exportRun(store, finished, options());
    rmSync(store.records.path(scaffold));
    const { record } = (await store.runs.folder(finished).peekState("left-s2"))!;
    const { trace } = await store.records.get(record!, "automem.episode/1");
    writeFileSync(store.blobs.path(trace[0]!.blob), "damaged");
    expect((await damageOf(store)).length).toBe(2);
    expect(await importRun(store, archive)).toMatchObject({ run: finished, added: false, written: 2 });
    expect(await damageOf(store)).toEqual([]);
  });

  test("damage is not exported, a run that is played is not, and nothing is left where the archive was to be", async () => {
    const { store, stopped, finished, scaffold } = filled;
    const lock = await store.runs.folder(stopped).lock(0);
    await expect(exportRun(store, stopped, options())).rejects.toMatchObject({ code: "run-held" });
    lock.release();
    const { files } = await store.records.get(scaffold, "automem.scaffold-record/1");
    const path = store.blobs.path(files["NOTES.md"]!);
    const sound = readFileSync(path);
    writeFileSync(path, "damaged");
    await expect(exportRun(store, finished, options())).rejects.toMatchObject({ code: "corrupt-blob" });
    rmSync(path);
    await expect(exportRun(store, finished, options())).rejects.toMatchObject({ code: "missing-blob" });
    writeFileSync(path, sound);
    await expect(
      exportRun(store, finished, { ...options(), path: join(folder, "no/where.tar.gz") }),
    ).rejects.toMatchObject({
      name: "StoreError",
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a hostile archive is refused, and leaves nothing:", () => {
  /** The files of a good archive, in order. */
  async function goodFiles(run = filled.stopped): Promise<PackedFile[]> {
    await exportRun(filled.store, run, options());
    const unpacked = mkdtempSync(join(tmpdir(), "automem-archive-"));
    try {
      await unpackTarGz(archive, unpacked);
      const files = (await listFiles(unpacked)).map(({ path }) => ({
        path,
        content: new Uint8Array(readFileSync(join(unpacked, path))),
      }));
      return files.sort((one, other) => Number(other.path === manifestName) - Number(one.path === manifestName));
    } finally {
      rmSync(unpacked, { recursive: true });
    }
  }

  type Manifest = {
    schema: string;
    storeVersion: number;
    run: string;
    files: { path: string; sizeBytes: number; sha256: string }[];
  };

  /** Packs the files again under a manifest that names them as they are, changed by `change`. */
  async function repack(files: PackedFile[], change: (manifest: Manifest) => void = () => undefined): Promise<void> {
    const [first, ...rest] = files;
    const manifest = JSON.parse(Buffer.from(first!.content).toString()) as Manifest;
    manifest.files = rest.map(({ path, content }) => ({ path, sizeBytes: content.length, sha256: hashBytes(content) }));
    change(manifest);
    const content = Buffer.from(JSON.stringify(manifest));
    await packTarGz(
      archive,
      (async function* () {
        yield { path: manifestName, content };
        yield* rest;
      })(),
    );
  }

  /** Nothing came in: not into the store, not beside it. */
  async function refused(code = "bad-archive", words = "", limits = standardImportLimits): Promise<void> {
    const other = await otherStore();
    const before = await listFiles(folder);
    const fault = await importRun(other, archive, limits).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(fault).toMatchObject({ name: "StoreError", code });
    expect(fault.message).toContain(words);
    expect(fault.message).toContain("Nothing was changed");
    expect(await listFiles(folder)).toEqual(before);
    expect(readdirSync(other.folder)).toEqual(["version.json"]);
  }

  function unpacked(compressed: Uint8Array): Buffer | undefined {
    try {
      return gunzipSync(compressed);
    } catch {
      return undefined;
    }
  }

  const escapes: [string, TarEntry[]][] = [
    ["a path that climbs out", [{ name: "../outside", content: "x" }]],
    ["a path that climbs out in its middle", [{ name: "blobs/../../outside", content: "x" }]],
    ["an absolute path", [{ name: "/tmp/automem-outside", content: "x" }]],
    ["a drive letter", [{ name: "C:/outside", content: "x" }]],
    ["backslashes", [{ name: "..\\outside", content: "x" }]],
    [
      "a NUL in a pax path",
      [
        { name: "p", type: "x", content: "15 path=a\0b.txt\n" },
        { name: "a", content: "x" },
      ],
    ],
    ["a symbolic link", [{ name: "blobs", type: "2", linkName: "/tmp" }]],
    [
      "a symbolic link and a file through it",
      [
        { name: "runs", type: "2", linkName: ".." },
        { name: "runs/x", content: "x" },
      ],
    ],
    ["a hard link", [{ name: "link", type: "1", linkName: "/etc/passwd" }]],
    ["a character device", [{ name: "device", type: "3" }]],
    ["a pipe", [{ name: "pipe", type: "6" }]],
    [
      "a file that stands twice",
      [
        { name: "a", content: "1" },
        { name: "a", content: "2" },
      ],
    ],
    [
      "a file that stands twice under two spellings",
      [
        { name: "a", content: "1" },
        { name: "./a", content: "2" },
      ],
    ],
    [
      "a file where another has a folder",
      [
        { name: "a", content: "1" },
        { name: "a/b", content: "2" },
      ],
    ],
    ["no manifest", [{ name: "a", content: "1" }]],
    ["a manifest that is no JSON", [{ name: manifestName, content: "{" }]],
    ["a manifest that is null", [{ name: manifestName, content: "null" }]],
    ["a size that lies", [{ name: "a", content: "x", sizeBytes: 100_000 }]],
  ];
  test.each(escapes)("%s", async (_, entries) => {
    writeFileSync(archive, tarGz(entries));
    await refused();
    expect(existsSync("/tmp/automem-outside")).toBe(false);
  });

  test("one that ends early, wherever it ends", async () => {
    await exportRun(filled.store, filled.finished, options());
    const whole = readFileSync(archive);
    for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
      writeFileSync(archive, whole.subarray(0, Math.floor(whole.length * share)));
      await refused();
    }
    writeFileSync(archive, "this is no archive");
    await refused();
  });

  test("any changed byte of a good one that changes what it holds", async () => {
    await exportRun(filled.store, filled.finished, options());
    const whole = readFileSync(archive);
    let changed = 0;
    for (let round = 0; round < 40; round++) {
      const at = 10 + Math.floor(((whole.length - 18) * round) / 40);
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x24;
      // A few bits of a compressed stream mean nothing: between its blocks, and in codes that no symbol has.
      if (unpacked(damaged)?.equals(gunzipSync(whole))) continue;
      changed += 1;
      writeFileSync(archive, damaged);
      await refused();
    }
    expect(changed).toBeGreaterThan(35);
  });

  test("too many entries, too many bytes by declaration, and a file that unpacks without end", async () => {
    const files = await goodFiles();
    await repack(files);
    await refused("bad-archive", "3 entries", { entries: 3, totalBytes: 1e9 });
    await refused("bad-archive", "1000 bytes", { entries: 1e6, totalBytes: 1000 });
    writeFileSync(archive, tarGz([{ name: "huge", sizeBytes: 8 ** 10 }]));
    await refused("bad-archive", "bytes", { entries: 10, totalBytes: 1e6 });
    // 64 MiB of zeros in some kilobytes; its name is even right.
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const hash = hashBytes(zeros);
    const bomb = {
      path: `blobs/${hash.slice(0, 2)}/${hash.slice(2)}.zst`,
      content: new Uint8Array(Bun.zstdCompressSync(zeros)),
    };
    expect(bomb.content.length).toBeLessThan(20_000);
    await repack([...files, bomb]);
    await refused("bad-archive", "unpacks to more than", { entries: 1000, totalBytes: 8e6 });
  });

  test("wrong hashes: of a file, of a blob, of a record, of a sealed journal", async () => {
    const files = await goodFiles();
    await repack(files, (manifest) => {
      manifest.files[0]!.sha256 = "0".repeat(64);
    });
    await refused("bad-archive", "is not what its manifest says");
    for (const kind of [/^blobs\//, /^records\//, /journal-0000/, /journal-0001/, /run\.json$/]) {
      const changed = files.map((file) => {
        if (!kind.test(file.path)) return file;
        const content = Buffer.from(file.content);
        const at = Math.floor(content.length / 2);
        content[at] = content[at]! ^ 1;
        return { path: file.path, content };
      });
      await repack(changed);
      expect(changed.filter(({ path }) => kind.test(path)).length).toBeGreaterThan(0);
      await refused();
    }
  });

  test("a file left out, one too many, one at a place where no file of a run lies", async () => {
    const files = await goodFiles();
    for (const gone of files.slice(1).filter(({ path }) => !/times|journal-0001/.test(path))) {
      await repack(files.filter((file) => file !== gone));
      await refused();
    }
    await repack(files, (manifest) => manifest.files.pop());
    await refused("bad-archive", "does not name");
    const text = new TextEncoder().encode("x");
    const hash = hashBytes("x");
    const stray = {
      path: `blobs/${hash.slice(0, 2)}/${hash.slice(2)}.zst`,
      content: new Uint8Array(Bun.zstdCompressSync(text)),
    };
    await repack([...files, stray]);
    await refused("bad-archive", "nothing that the run needs");
    for (const path of [
      "version.json",
      "index.sqlite",
      "refs/scaffold/best.json",
      `runs/${filled.stopped}/holder.json`,
      "runs/other/run.json",
    ]) {
      await repack([...files, { path, content: text }]);
      await refused("bad-archive", "no file of a run");
    }
    await repack([...files, { path: `runs/${filled.stopped}/times/other-s1.jsonl`, content: text }]);
    await refused("bad-archive", "of no episode");
  });

  test("one of a newer automem, and names that are none", async () => {
    const files = await goodFiles();
    await repack(files, (manifest) => {
      manifest.schema = "automem.export/2";
    });
    await refused("newer-archive");
    await repack(files, (manifest) => {
      manifest.storeVersion = 9;
    });
    await refused("newer-archive");
    for (const run of ["../x", "", "A", "a/b"]) {
      await repack(files, (manifest) => {
        manifest.run = run;
      });
      await refused();
    }
  });

  test("a record so deep that reading it overflows", async () => {
    const deep = `{"schema":"automem.episode/1","figures":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    const hash = hashBytes(deep);
    const record = {
      path: `records/${hash.slice(0, 2)}/${hash.slice(2)}.json`,
      content: new TextEncoder().encode(deep),
    };
    await repack([...(await goodFiles()), record]);
    await refused();
  });

  test("another run of the same name is not replaced", async () => {
    await exportRun(filled.store, filled.stopped, options());
    const other = await otherStore();
    await importRun(other, archive);
    const path = join(other.folder, "runs", filled.stopped, "run.json");
    const text = readFileSync(path, "utf8");
    const { check: _, ...fields } = JSON.parse(text);
    writeFileSync(path, JSON.stringify({ ...fields, created: "2020-01-01T00:00:00.000Z" }));
    const before = await listFiles(other.folder);
    await expect(importRun(other, archive)).rejects.toMatchObject({ code: "run-differs" });
    expect(await listFiles(other.folder)).toEqual(before);
    expect(existsSync(dirname(path))).toBe(true);
  });
});

test("archives hold no times and no owners", async () => {
  await exportRun(filled.store, filled.stopped, options());
  const tar = gunzipSync(readFileSync(archive));
  expect(tar.toString("latin1", 136, 147)).toBe("00000000000");
  expect(tar.toString("latin1", 108, 123)).toBe("0000000\0" + "0000000");
});
