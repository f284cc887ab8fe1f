import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EvidenceFolder } from "../../../src/evolve/evidence/evidence-folder.ts";
import { openEvidence } from "../../../src/evolve/evidence/open-evidence.ts";
import { writeEvidence } from "../../../src/evolve/evidence/write-evidence.ts";
import { removeFolder } from "../../../src/platform/remove-folder.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, requestFor } from "./support.ts";

let folder: string;
let evidence: EvidenceFolder;
const own = "episodes/incumbent/default-s2000";
const page = `${own}/steps/000000-000013.md`;

beforeAll(async () => {
  const made = await freshStore();
  folder = made.folder;
  const episode = await recordEpisode(made.store, courierEntries("forgetful"));
  evidence = await writeEvidence(made.store, requestFor([episode]), join(folder, "evidence"));
  made.store.close();
  writeFileSync(join(folder, "secret.txt"), "secret\n");
  chmodSync(evidence.path, 0o755);
  symlinkSync(join(folder, "secret.txt"), join(evidence.path, "link.txt"));
  symlinkSync(folder, join(evidence.path, "up"));
  symlinkSync(join(evidence.path, "README.md"), join(evidence.path, "inner.md"));
  writeFileSync(join(evidence.path, "wide.txt"), `${"a".repeat(3_000)}NEEDLE${"b".repeat(90_000)}\nshort\n`);
  writeFileSync(join(evidence.path, "long.txt"), `${"twelve chars\n".repeat(20_000)}`);
});

afterAll(async () => {
  await removeFolder(folder);
  removeFolders();
});

describe("listing", () => {
  test("names files with size and lines, folders with a slash, and no links", async () => {
    const top = await evidence.list("");
    await expect(top.map(({ name }) => name)).toEqual([
      "README.md",
      "brief.md",
      "episodes/",
      "history.md",
      "index.md",
      "long.txt",
      "metrics.json",
      "scaffold/",
      "wide.txt",
    ]);
    expect(top.find(({ name }) => name === "brief.md")).toEqual({ name: "brief.md", sizeBytes: 7, lines: 1 });
    expect(await evidence.list("scaffold/")).toEqual(await evidence.list("scaffold"));
  });

  test("does not count lines where there are very many files", async () => {
    const many = join(evidence.path, "many");
    mkdirSync(many);
    for (let index = 0; index < 120; index++) writeFileSync(join(many, `${index}.txt`), "x\n");
    const entries = await evidence.list("many");
    expect(entries).toHaveLength(120);
    expect(entries.every((entry) => entry.lines === undefined && entry.sizeBytes === 2)).toBe(true);
  });
});

describe("reading", () => {
  test("gives the lines asked for and how many there are", async () => {
    const whole = await evidence.read(page, { fromLine: 1, lines: 10_000 });
    expect(whole.text.split("\n")).toHaveLength(whole.totalLines);
    const part = await evidence.read(page, { fromLine: 7, lines: 3 });
    expect(part).toEqual({
      text: whole.text.split("\n").slice(6, 9).join("\n"),
      fromLine: 7,
      totalLines: whole.totalLines,
    });
    expect((await evidence.read(page, { fromLine: 100_000, lines: 5 })).text).toBe("");
  });

  test("gives no more than 60,000 characters, and says what it cuts of a line", async () => {
    const long = await evidence.read("long.txt", { fromLine: 1, lines: 20_000 });
    expect(long.text.length).toBeLessThanOrEqual(60_000);
    expect(long.totalLines).toBe(20_000);
    const wide = await evidence.read("wide.txt", { fromLine: 1, lines: 2 });
    expect(wide.text.split("\n").map((line) => line.slice(-35))).toEqual([
      "b [cut: the line has 93006 characters]".slice(-35),
      "short",
    ]);
  });
});

describe("searching", () => {
  test("takes the text literally, in any case, below a folder or in a file", async () => {
    const found = await evidence.search({ text: "SAY THE FIRST WORD OF THE DOCTOR", below: own, limit: 50 });
    expect(found.more).toBe(false);
    expect(found.matches.map(({ path }) => path)).toEqual([page]);
    expect(found.matches[0]?.text).toBe("> You are at the doctor's door. Say the first word of the doctor's password.");
    const line = await evidence.read(page, { fromLine: found.matches[0]!.line, lines: 1 });
    expect(line.text).toBe(found.matches[0]!.text);
    expect((await evidence.search({ text: "(a+)+$", limit: 5 })).matches).toEqual([]);
    expect((await evidence.search({ text: "## step 9 ", below: page, limit: 5 })).matches).toHaveLength(1);
  });

  test("stops at the limit and says that there is more", async () => {
    const found = await evidence.search({ text: "the", limit: 3 });
    expect(found.matches).toHaveLength(3);
    expect(found.more).toBe(true);
  });

  test("shows what stands around a match in a long line", async () => {
    const { matches } = await evidence.search({ text: "needle", below: "wide.txt", limit: 3 });
    expect(matches[0]?.text).toContain("aaNEEDLEbb");
    expect(matches[0]?.text.length).toBeLessThan(400);
  });

  test("refuses an empty text", async () => {
    await expect(evidence.search({ text: "", limit: 3 })).rejects.toMatchObject({ code: "bad-setting" });
  });
});

describe("paths", () => {
  const outside = [
    "..",
    "../secret.txt",
    "episodes/../../secret.txt",
    "/etc/passwd",
    "episodes/..",
    "..\\secret.txt",
    "a\u0000b",
  ];

  test.each(outside)("that lead out are refused: %p", async (path) => {
    await expect(evidence.read(path, { fromLine: 1, lines: 1 })).rejects.toMatchObject({ code: "bad-path" });
    await expect(evidence.list(path)).rejects.toMatchObject({ code: "bad-path" });
    await expect(evidence.search({ text: "secret", below: path, limit: 1 })).rejects.toMatchObject({
      code: "bad-path",
    });
  });

  test.each(["link.txt", "inner.md", "up/secret.txt"])("through a link are refused: %p", async (path) => {
    await expect(evidence.read(path, { fromLine: 1, lines: 1 })).rejects.toMatchObject({ code: "bad-path" });
  });

  test("of nothing, and of the wrong kind, are no such file", async () => {
    await expect(evidence.read("nothing.md", { fromLine: 1, lines: 1 })).rejects.toMatchObject({
      code: "no-such-file",
    });
    await expect(evidence.read("episodes", { fromLine: 1, lines: 1 })).rejects.toMatchObject({ code: "no-such-file" });
    await expect(evidence.list("README.md")).rejects.toMatchObject({ code: "no-such-file" });
  });

  test("a search of everything does not follow links", async () => {
    await expect(
      (await evidence.search({ text: "secret", limit: 50 })).matches.filter(({ path }) => /link|up/.test(path)),
    ).toEqual([]);
  });
});

describe("opening again", () => {
  test("gives the same episodes", async () => {
    expect((await openEvidence(evidence.path)).episodes).toEqual(evidence.episodes);
  });

  test("a folder that is none is refused", async () => {
    await expect(openEvidence(join(folder, "nothing"))).rejects.toMatchObject({
      name: "ConfigError",
      code: "no-evidence",
    });
    await expect(openEvidence(folder)).rejects.toMatchObject({ name: "ConfigError", code: "no-evidence" });
  });
});
