import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveError, unpackTarGz } from "../../src/platform/unpack-tar.ts";
import { type TarEntry, tarGz } from "../fixtures/plugins/tar.ts";

let folder: string;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-tar-"));
  target = join(folder, "target");
  await mkdir(target);
});
afterEach(() => rm(folder, { recursive: true }));

async function unpack(bytes: Uint8Array, ...limits: [{ entries: number; totalBytes: number }?]): Promise<number> {
  const path = join(folder, "archive.tar.gz");
  await writeFile(path, bytes);
  return unpackTarGz(path, target, ...limits);
}

test("unpacks what tar packs, with long names, empty files and files over a block", async () => {
  const long = `${"folder/".repeat(20)}${"n".repeat(120)}.txt`;
  const contents: Record<string, string> = {
    "a.txt": "a",
    empty: "",
    "deep/b.bin": "b".repeat(3_000_000),
    [long]: "long",
  };
  const source = join(folder, "source");
  for (const [path, content] of Object.entries(contents)) await Bun.write(join(source, path), content);
  for (const format of ["gnu", "pax", "ustar"]) {
    const archive = join(folder, `${format}.tar.gz`);
    const left = format === "ustar" ? [`--exclude=${"n".repeat(120)}.txt`] : [];
    const packed = Bun.spawnSync(["tar", "czf", archive, `--format=${format}`, ...left, "-C", source, "."]);
    expect(packed.exitCode).toBe(0);
    const into = join(folder, format);
    expect(await unpackTarGz(archive, into)).toBe(4 - left.length);
    for (const [path, content] of Object.entries(contents)) {
      if (left.length === 0 || path !== long) expect(await readFile(join(into, path), "utf8")).toBe(content);
    }
  }
});

test("takes the pax header of the whole archive, as GitHub writes it, for no file", async () => {
  const comment = "52 comment=0123456789012345678901234567890123456789\n";
  expect(
    await unpack(
      tarGz([
        { name: "pax_global_header", type: "g", content: comment },
        { name: "top/file", content: "x" },
      ]),
    ),
  ).toBe(1);
  expect(await readdir(target)).toEqual(["top"]);
});

describe("refuses, and writes nothing outside,", () => {
  const hostile: [what: string, entries: TarEntry[]][] = [
    ["a path that climbs out", [{ name: "../outside", content: "x" }]],
    ["a path that climbs out in its middle", [{ name: "a/../../outside", content: "x" }]],
    ["an absolute path", [{ name: "/tmp/automem-outside", content: "x" }]],
    ["a path with backslashes", [{ name: "..\\outside", content: "x" }]],
    [
      "a long name that climbs out",
      [
        { name: "L", type: "L", content: "../outside\0" },
        { name: "a", content: "x" },
      ],
    ],
    [
      "a pax path that climbs out",
      [
        { name: "x", type: "x", content: "19 path=../outside\n" },
        { name: "a", content: "x" },
      ],
    ],
    [
      "a symbolic link",
      [
        { name: "link", type: "2", linkName: ".." },
        { name: "link/outside", content: "x" },
      ],
    ],
    ["a hard link", [{ name: "link", type: "1", linkName: "/etc/passwd" }]],
    ["a device", [{ name: "device", type: "3" }]],
    [
      "a file that stands twice",
      [
        { name: "a", content: "1" },
        { name: "a", content: "2" },
      ],
    ],
  ];
  test.each(hostile)("%s", async (_, entries) => {
    await expect(unpack(tarGz(entries))).rejects.toBeInstanceOf(ArchiveError);
    expect((await readdir(folder)).sort()).toEqual(["archive.tar.gz", "target"]);
  });

  test("more bytes or entries than the limit", async () => {
    const archive = tarGz([
      { name: "a", content: "x".repeat(100) },
      { name: "b", content: "x".repeat(100) },
    ]);
    await expect(unpack(archive, { entries: 10, totalBytes: 199 })).rejects.toThrow("199 bytes");
    await rm(join(target, "a"));
    await expect(unpack(archive, { entries: 1, totalBytes: 1000 })).rejects.toThrow("1 entries");
  });

  test("damage: no gzip, no tar, a cut archive, a size that lies", async () => {
    await expect(unpack(new TextEncoder().encode("hello"))).rejects.toBeInstanceOf(ArchiveError);
    await expect(unpack(gzipSync(Buffer.alloc(2048, 7)))).rejects.toBeInstanceOf(ArchiveError);
    await expect(unpack(tarGz([{ name: "a", content: "x".repeat(5000) }]).slice(0, 40))).rejects.toBeInstanceOf(
      ArchiveError,
    );
    await expect(unpack(tarGz([{ name: "b", content: "x", sizeBytes: 100_000 }]))).rejects.toBeInstanceOf(ArchiveError);
  });

  test("an archive that is not there", async () => {
    await expect(unpackTarGz(join(folder, "nothing.tar.gz"), target)).rejects.toThrow("cannot be read");
  });
});
