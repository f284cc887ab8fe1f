/** Folders that are written whole or not at all: what a killed process leaves is cleared by the next, and nothing else ever is. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fillOutputFolder } from "../../src/app/output-folder.ts";
import { writerFile } from "../../src/app/output-leftovers.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

const former = { marker: "mark", names: ["mark", "text"], what: "a former one" };
const writing = join(import.meta.dir, "output-folder-writer.ts");
let parent: string;
let folder: string;

beforeEach(() => {
  parent = freshFolder();
  mkdirSync(parent, { recursive: true });
  folder = join(parent, "shared");
});
afterAll(removeFolders);

function fill(text: string): Promise<string> {
  return fillOutputFolder(folder, former, async (beside) => {
    writeFileSync(join(beside, "mark"), "");
    writeFileSync(join(beside, "text"), text);
  });
}

/** A real process in the middle of its work. */
async function begun() {
  const child = Bun.spawn([process.execPath, writing, folder], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("writing\n");
  return child;
}

const gone = { pid: process.pid, host: hostname(), processStart: "1", purpose: "", since: "" };

/** A folder beside, as a process would have left it. */
function leave(name: string, holder: unknown, files: readonly string[] = ["text"]): string {
  const path = join(parent, name);
  mkdirSync(path);
  for (const file of files) writeFileSync(join(path, file), "left");
  if (holder !== undefined)
    writeFileSync(join(path, writerFile), typeof holder === "string" ? holder : JSON.stringify(holder));
  return path;
}

describe("a process that was killed", () => {
  test("leaves what it wrote beside, and the next one clears it", async () => {
    await fill("first");
    const child = await begun();
    child.kill("SIGKILL");
    await child.exited;
    expect(readdirSync(parent).filter((name) => name.endsWith(".tmp"))).toHaveLength(1);
    expect(readFileSync(join(folder, "text"), "utf8")).toBe("first");
    await fill("second");
    expect(readdirSync(parent)).toEqual(["shared"]);
    expect(readdirSync(folder).sort()).toEqual(["mark", "text"]);
    expect(readFileSync(join(folder, "text"), "utf8")).toBe("second");
  });

  test("has what it had put aside put back, also if the next one fails", async () => {
    leave("shared.12.0123abcd.old", gone, ["mark", "text"]);
    await expect(fillOutputFolder(folder, former, () => Promise.reject(new Error("no room")))).rejects.toThrow(
      "no room",
    );
    expect(readdirSync(parent)).toEqual(["shared"]);
    expect(readdirSync(folder).sort()).toEqual(["mark", "text"]);
    expect(readFileSync(join(folder, "text"), "utf8")).toBe("left");
  });

  test("in the middle of the exchange leaves nothing that the next one would refuse", async () => {
    leave("shared.12.0123abcd.old", gone, ["mark"]);
    leave("shared", gone, ["mark", "text"]);
    await fill("new");
    expect(readdirSync(parent)).toEqual(["shared"]);
    expect(readdirSync(folder).sort()).toEqual(["mark", "text"]);
  });

  test("whose number another process has by now is gone all the same", async () => {
    leave(`shared.${process.pid}.0123abcd.tmp`, gone);
    await fill("new");
    expect(readdirSync(parent)).toEqual(["shared"]);
  });
});

describe("what stays", () => {
  test("is what another process is still writing", async () => {
    const child = await begun();
    const [beside] = readdirSync(parent);
    await fill("mine");
    expect(readdirSync(parent).sort()).toEqual(["shared", beside!].sort());
    expect(readFileSync(join(parent, beside!, "text"), "utf8")).toBe("half");
    child.kill("SIGKILL");
    await child.exited;
  });

  for (const [what, name, holder, files] of [
    ["of a process of another machine", "shared.12.0123abcd.tmp", { ...gone, host: "elsewhere" }, undefined],
    ["without a word of who wrote it", "shared.12.0123abcd.tmp", undefined, undefined],
    ["whose word cannot be read", "shared.12.0123abcd.tmp", "{", undefined],
    ["that holds something else too", "shared.12.0123abcd.tmp", gone, ["text", "thesis.txt"]],
    ["of another name", "shared.12.0123abcd.tmp.mine", gone, undefined],
    ["of another folder", "shared2.12.0123abcd.tmp", gone, undefined],
    ["of a name that nearly fits", "shared.x.0123abcd.tmp", gone, undefined],
  ] as const) {
    test(`is a folder ${what}`, async () => {
      leave(name, holder, files);
      const before = readdirSync(join(parent, name)).sort();
      await fill("mine");
      expect(readdirSync(parent).sort()).toEqual(["shared", name].sort());
      expect(readdirSync(join(parent, name)).sort()).toEqual(before);
    });
  }

  test("is what a link of such a name leads to, and the link", async () => {
    const elsewhere = leave("elsewhere", gone);
    symlinkSync(elsewhere, join(parent, "shared.12.0123abcd.tmp"));
    const named = leave("shared.13.0123abcd.tmp", undefined);
    symlinkSync(join(elsewhere, writerFile), join(named, writerFile));
    await fill("mine");
    expect(readdirSync(parent)).toHaveLength(4);
    expect(readdirSync(elsewhere).sort()).toEqual([writerFile, "text"].sort());
    expect(readdirSync(named).sort()).toEqual([writerFile, "text"].sort());
  });
});
