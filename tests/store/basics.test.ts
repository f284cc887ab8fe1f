import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { canonicalJson } from "../../src/core/json.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, removeFolders, someHash, someRun } from "./support.ts";

afterEach(removeFolders);

async function freshStore(): Promise<Store> {
  return Store.open(join(freshFolder(), "store"));
}

describe("store version", () => {
  test("an absent folder becomes a store of version 1, and opens again", async () => {
    const store = await freshStore();
    expect(JSON.parse(readFileSync(join(store.folder, "version.json"), "utf8"))).toMatchObject({ storeVersion: 1 });
    await Store.open(store.folder);
  });

  test("a newer store is refused and not touched", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "version.json"), '{"storeVersion": 2, "more": true}');
    await expect(Store.open(folder)).rejects.toMatchObject({ name: "StoreError", code: "newer-store" });
    expect(readdirSync(folder)).toEqual(["version.json"]);
    expect(readFileSync(join(folder, "version.json"), "utf8")).toBe('{"storeVersion": 2, "more": true}');
  });

  test("a folder with other things in it is not taken for a store", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "letter.txt"), "dear");
    await expect(Store.open(folder)).rejects.toMatchObject({ code: "not-a-store" });
    expect(readdirSync(folder)).toEqual(["letter.txt"]);
  });

  test("a damaged version file is refused", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "version.json"), "{");
    await expect(Store.open(folder)).rejects.toMatchObject({ code: "bad-version-file" });
  });
});

describe("blobs", () => {
  test("give back any bytes, and equal content is one file", async () => {
    const store = await freshStore();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const hash = await store.blobs.put(bytes);
        expect(await store.blobs.put(bytes)).toBe(hash);
        expect(Buffer.from(await store.blobs.get(hash)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("keep a text's byte order mark", async () => {
    const store = await freshStore();
    expect(await store.blobs.getText(await store.blobs.put("\ufeffé"))).toBe("\ufeffé");
  });

  test("any single changed byte is a corrupt blob", async () => {
    const store = await freshStore();
    const hash = await store.blobs.put("some text that is long enough to be compressed ".repeat(9));
    const path = store.blobs.path(hash);
    const sound = readFileSync(path);
    for (let index = 0; index < sound.length; index++) {
      const damaged = Buffer.from(sound);
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (index % 8));
      writeFileSync(path, damaged);
      await expect(store.blobs.get(hash)).rejects.toMatchObject({ code: "corrupt-blob" });
    }
    writeFileSync(path, sound.subarray(0, -3));
    await expect(store.blobs.get(hash)).rejects.toMatchObject({ code: "corrupt-blob", data: { hash } });
  });

  test("a blob of before the check frame is read, and plain zstd reads one with it", async () => {
    const store = await freshStore();
    const hash = await store.blobs.put("old");
    expect(Buffer.from(Bun.zstdDecompressSync(readFileSync(store.blobs.path(hash)))).toString()).toBe("old");
    writeFileSync(store.blobs.path(hash), Bun.zstdCompressSync("old"));
    expect(await store.blobs.getText(hash)).toBe("old");
  });

  test("a missing blob says which", async () => {
    const store = await freshStore();
    await expect(store.blobs.get(someHash)).rejects.toMatchObject({ code: "missing-blob", data: { hash: someHash } });
  });

  test("compressed content under a wrong hash is refused", async () => {
    const store = await freshStore();
    await expect(store.blobs.putCompressed(someHash, Bun.zstdCompressSync("x"))).rejects.toMatchObject({
      code: "corrupt-blob",
    });
    expect(await store.blobs.has(someHash)).toBe(false);
  });
});

describe("records", () => {
  test("come back as written, under the hash of their canonical JSON", async () => {
    const store = await freshStore();
    const hash = await store.records.put<"automem.run/1">(someRun());
    expect(await store.records.get(hash, "automem.run/1")).toMatchObject({
      game: { name: "toy" },
      episodes: [{ seed: 7 }],
    });
    expect(readFileSync(store.records.path(hash), "utf8")).toBe(canonicalJson(JSON.parse(JSON.stringify(someRun()))));
  });

  test("a changed byte is a corrupt record", async () => {
    const store = await freshStore();
    const hash = await store.records.put<"automem.run/1">(someRun());
    const path = store.records.path(hash);
    writeFileSync(path, readFileSync(path, "utf8").replace('"toy"', '"tow"'));
    await expect(store.records.get(hash, "automem.run/1")).rejects.toMatchObject({ code: "corrupt-record" });
  });

  test("are not read as another kind, nor written against their schema", async () => {
    const store = await freshStore();
    const hash = await store.records.put<"automem.run/1">(someRun());
    await expect(store.records.get(hash, "automem.episode/1")).rejects.toMatchObject({ code: "wrong-schema" });
    await expect(store.records.put<"automem.run/1">({ ...someRun(), scaffold: "no hash" })).rejects.toMatchObject({
      code: "bad-record",
      data: { where: "scaffold" },
    });
    await expect(store.records.get(someHash, "automem.run/1")).rejects.toMatchObject({ code: "missing-record" });
  });
});

describe("refs", () => {
  const other = "f".repeat(64);

  test("move only from where they are expected", async () => {
    const { refs } = await freshStore();
    expect(refs.get("scaffold/best")).toBeUndefined();
    refs.move("scaffold/best", undefined, someHash);
    expect(refs.get("scaffold/best")).toBe(someHash);
    expect(() => refs.move("scaffold/best", undefined, other)).toThrow("points to");
    refs.move("scaffold/best", someHash, other);
    expect(refs.get("scaffold/best")).toBe(other);
  });

  test("a ref and a ref below it can stand together", async () => {
    const { refs } = await freshStore();
    refs.move("scaffold", undefined, someHash);
    refs.move("scaffold/json", undefined, other);
    expect(refs.get("scaffold")).toBe(someHash);
  });

  test("names cannot leave the folder", async () => {
    const { refs } = await freshStore();
    for (const name of ["", "../x", "a/../b", "/a", "a/", "A", "a.json", "a\0b"]) {
      expect(() => refs.get(name)).toThrow("not a ref name");
    }
  });

  test("of many processes that move one ref from the same place, one succeeds", async () => {
    const store = await freshStore();
    const script = `
      const { Store } = await import(${JSON.stringify(join(import.meta.dir, "../../src/store/store.ts"))});
      const { refs } = await Store.open(${JSON.stringify(store.folder)});
      let won = 0;
      for (let round = 0; round < 20; round++) {
        try { refs.move("r" + round, undefined, process.argv[1]); won++; } catch (fault) { if (fault.code !== "ref-moved") throw fault; }
      }
      console.log(won);`;
    const children = ["a", "b", "c"].map((letter) =>
      Bun.spawn([process.execPath, "-e", script, letter.repeat(64)], { stdout: "pipe", stderr: "inherit" }),
    );
    const wins = await Promise.all(children.map(async (child) => Number(await new Response(child.stdout).text())));
    expect(wins.reduce((sum, count) => sum + count, 0)).toBe(20);
  });
});

test("a store that cannot be written says so", async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, "version.json"));
  await expect(Store.open(folder)).rejects.toMatchObject({ name: "StoreError", code: "io" });
});
