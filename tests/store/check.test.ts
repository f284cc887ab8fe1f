/** `fsck`: no changed byte goes unseen, and what it touches is named. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { hashBytes } from "../../src/core/hash.ts";
import { checkStore } from "../../src/store/check/check-store.ts";
import { formatChecked, parseChecked } from "../../src/store/checked-json.ts";
import { compressContent, decompressVerified } from "../../src/store/compressed.ts";
import { listFiles, objectHash } from "../../src/store/list-files.ts";
import { Store } from "../../src/store/store.ts";
import { type FilledStore, filledStore } from "./filled-store.ts";
import { seeded } from "./seeded.ts";
import { freshFolder, removeFolders } from "./support.ts";

let filled: FilledStore;
beforeAll(async () => {
  filled = await filledStore();
});
afterAll(removeFolders);

/** Index, times and locks are no truth. */
const notTruth = /^index\.sqlite|\/times\/|lock\.sqlite|holder\.json$/;

/** Files that count, by kind. */
async function filesByKind(folder: string): Promise<Map<string, string[]>> {
  const kinds = new Map<string, string[]>();
  for (const { path } of await listFiles(folder)) {
    if (notTruth.test(path)) continue;
    const kind = path.startsWith("runs/")
      ? path
          .replace(/^runs\/[^/]+\//, "")
          .replace(/[^/]+-s\d+/, "KEY")
          .replace(/-\d{4}.*\./, ".")
      : path.split("/")[0]!;
    kinds.set(kind, [...(kinds.get(kind) ?? []), path].sort());
  }
  return kinds;
}

test("a sound store is sound, and all in it was looked at", async () => {
  expect(await checkStore(Store.forCheck(filled.store.folder))).toEqual({
    counts: { blobs: 8, records: 5, refs: 1, runs: 2, episodes: 3, journals: 1, campaigns: 0 },
    unchecked: 0,
    damage: [],
    remarks: [],
  });
});

test("every one of 1,000 random changes of a byte is found, in the file it hit, with the records and episodes it touches", async () => {
  const { store, finished, stopped, scaffold } = filled;
  const random = seeded(20261121);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const kinds = await filesByKind(store.folder);
  expect([...kinds.keys()].sort()).toEqual([
    "blobs",
    "episodes/KEY.json",
    "episodes/KEY/journal.jsonl",
    "episodes/KEY/journal.zst",
    "records",
    "refs",
    "run.json",
    "version.json",
  ]);
  const hits = new Map<string, number>();
  for (let round = 0; round < 1000; round++) {
    const kind = pick([...kinds.keys()]);
    const path = pick(kinds.get(kind)!);
    const full = join(store.folder, path);
    const sound = readFileSync(full);
    const at = Math.floor(random() * sound.length);
    const damaged = Buffer.from(sound);
    damaged[at] = sound[at]! ^ (1 + Math.floor(random() * 255));
    writeFileSync(full, damaged);
    const { damage } = await checkStore(Store.forCheck(store.folder));
    writeFileSync(full, sound);
    const found = damage.find((one) => one.path === path);
    const where = `${path}, byte ${at}: ${sound[at]} to ${damaged[at]}`;
    expect(found?.path, where).toBe(path);
    hits.set(kind, (hits.get(kind) ?? 0) + 1);
    const episode = /^runs\/([^/]+)\/episodes\/([^/.]+)/.exec(path);
    if (episode) expect(found?.episodes, where).toContainEqual({ run: episode[1]!, key: episode[2]! });
    else if (path.startsWith("runs/")) expect(found?.runs, where).toEqual([path.split("/")[1]!]);
    else if (path.startsWith("refs/")) expect(found?.refs, where).toEqual(["scaffold/best"]);
    else if (path !== "version.json") expect(found?.records.length, where).toBeGreaterThan(0);
    if (objectHash(path)?.hash === scaffold) {
      expect([...found!.runs].sort(), where).toEqual([finished, stopped].sort());
      expect(found!.refs, where).toEqual(["scaffold/best"]);
      expect(found!.episodes.length, where).toBe(2);
    }
  }
  expect(hits.size).toBe(8);
  expect((await checkStore(Store.forCheck(store.folder))).damage).toEqual([]);
}, 240_000);

describe("every single byte", () => {
  test("of a small file matters", () => {
    const Content = v.strictObject({ schema: v.literal("x"), name: v.optional(v.string()), count: v.number() });
    for (const indent of [undefined, 1]) {
      const text = Buffer.from(formatChecked({ schema: "x", name: "é\n", count: 12 }, indent));
      expect(parseChecked(text.toString(), Content, indent)).toEqual({
        value: { schema: "x", name: "é\n", count: 12 },
        checked: true,
      });
      for (let at = 0; at < text.length; at++) {
        for (let change = 1; change < 256; change++) {
          const damaged = Buffer.from(text);
          damaged[at] = damaged[at]! ^ change;
          expect(parseChecked(damaged.toString("utf8"), Content, indent), `${at} ${change}`).toHaveProperty("problem");
        }
      }
    }
  });

  test("of compressed content matters", async () => {
    const content = "some text that is long enough to be compressed ".repeat(9);
    const hash = hashBytes(content);
    const bytes = await compressContent(content);
    expect(Buffer.from(decompressVerified(hash, bytes, "test")).toString()).toBe(content);
    for (let at = 0; at < bytes.length; at++) {
      for (let change = 1; change < 256; change++) {
        const damaged = Buffer.from(bytes);
        damaged[at] = damaged[at]! ^ change;
        expect(() => decompressVerified(hash, damaged, "test"), `${at} ${change}`).toThrow("is corrupted");
      }
    }
  });
});

describe("other damage", () => {
  const copy = (): string => {
    const folder = join(freshFolder(), "store");
    cpSync(filled.store.folder, folder, { recursive: true });
    return folder;
  };
  const check = (folder: string) => checkStore(Store.forCheck(folder));

  test("a blob that is gone is named with all who need it", async () => {
    const folder = copy();
    const { record } = (await filled.store.runs.folder(filled.finished).peekState("left-s1"))!;
    const { trace } = await filled.store.records.get(record!, "automem.episode/1");
    const blob = trace[0]!.blob;
    rmSync(filled.store.blobs.path(blob).replace(filled.store.folder, folder));
    expect((await check(folder)).damage).toEqual([
      {
        path: `blobs/${blob.slice(0, 2)}/${blob.slice(2)}.zst`,
        problem: "it is missing",
        records: [record!],
        refs: [],
        runs: [filled.finished],
        episodes: [{ run: filled.finished, key: "left-s1" }],
        campaigns: [],
      },
    ]);
  });

  test("records, run files and states that are gone, or point to the wrong kind", async () => {
    const folder = copy();
    const episodes = `runs/${filled.stopped}/episodes`;
    rmSync(join(folder, episodes, "left-s3.json"));
    rmSync(join(folder, "runs", filled.finished, "run.json"));
    rmSync(filled.store.records.path(filled.scaffold).replace(filled.store.folder, folder));
    const { damage } = await check(folder);
    expect(damage.map(({ path, problem }) => `${path}: ${problem}`)).toEqual(
      [
        `records/${filled.scaffold.slice(0, 2)}/${filled.scaffold.slice(2)}.json: it is missing`,
        `runs/${filled.finished}/run.json: it is missing`,
        `${episodes}/left-s3.json: it is missing, but there is a journal`,
      ].sort(),
    );
    const wrong = copy();
    const state = join(wrong, "runs", filled.finished, "episodes", "left-s1.json");
    const { check: _, ...fields } = JSON.parse(readFileSync(state, "utf8"));
    writeFileSync(state, formatChecked({ ...fields, record: filled.scaffold }, 1));
    expect((await check(wrong)).damage[0]?.problem).toContain("automem.scaffold-record/1, not automem.episode/1");
  });

  test("a lost segment, and a line of a journal that was taken out", async () => {
    const folder = copy();
    const journal = join(folder, "runs", filled.stopped, "episodes", "left-s3");
    const live = join(journal, "journal-0001.jsonl");
    const lines = readFileSync(live, "utf8").split("\n");
    writeFileSync(live, [...lines.slice(0, 3), ...lines.slice(4)].join("\n"));
    rmSync(join(journal, (await listFiles(journal)).find(({ path }) => path.endsWith(".zst"))!.path));
    const { damage } = await check(folder);
    expect(damage.map(({ problem }) => problem)).toEqual([
      "segment 0 is missing",
      "line 4 does not match its checksum",
    ]);
  });

  test("what a killed writer leaves is remarked on, and is no damage", async () => {
    const folder = copy();
    const journal = join(folder, "runs", filled.stopped, "episodes", "left-s3");
    const live = join(journal, "journal-0001.jsonl");
    const whole = readFileSync(live);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (const end of [lastLine + 1, lastLine + 9, whole.length - 1]) {
      writeFileSync(live, whole.subarray(0, end));
      const { damage, remarks } = await check(folder);
      expect([damage, remarks.length]).toEqual([[], 1]);
      expect(remarks[0]?.remark).toContain(`${end - lastLine} bytes`);
    }
    writeFileSync(live, whole);
    mkdirSync(join(folder, "blobs", "00"), { recursive: true });
    writeFileSync(join(folder, "blobs", "00", "half.tmp"), "x");
    expect((await check(folder)).remarks.map(({ path }) => path)).toEqual(["blobs/00/half.tmp"]);
  });

  test("what only garbage needs may be missing", async () => {
    const folder = copy();
    const store = await Store.open(folder);
    const { manifest } = await store.records.get(filled.scaffold, "automem.scaffold-record/1");
    const files = { "hooks.ts": "0".repeat(64) };
    const schema = "automem.scaffold-record/1" as const;
    const garbage = await store.records.put<"automem.scaffold-record/1">({ schema, manifest, files });
    expect((await check(folder)).damage).toEqual([]);
    store.refs.move("new", undefined, garbage);
    expect((await check(folder)).damage).toMatchObject([{ problem: "it is missing", refs: ["new"] }]);
  });

  test("files of before the checks are read, and counted", async () => {
    const folder = copy();
    writeFileSync(join(folder, "version.json"), '{"storeVersion":1}\n');
    const run = join(folder, "runs", filled.finished, "run.json");
    const { check: _, ...fields } = JSON.parse(readFileSync(run, "utf8"));
    writeFileSync(run, `${JSON.stringify(fields, undefined, 1)}\n`);
    expect(await check(folder)).toMatchObject({ damage: [], unchecked: 2 });
    expect((await (await Store.open(folder)).runs.open(filled.finished)).record.game.name).toBe("ring");
  });

  test("a store of a newer version is not judged", async () => {
    const folder = copy();
    writeFileSync(join(folder, "version.json"), formatChecked({ storeVersion: 2, more: true }));
    await expect(check(folder)).rejects.toMatchObject({ code: "newer-store" });
  });
});
