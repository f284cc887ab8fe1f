/** `automem ui --export` as a process that is stopped in the middle of its work: at Ctrl-C nothing is left; what a kill leaves, the next one clears. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { filledStore } from "../store/filled-store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { recordHostileRuns } from "../web/hostile-store.ts";

const main = join(import.meta.dir, "..", "..", "src", "main.ts");
const timeoutMs = 120_000;
let home: string;
let small: string;
let parent: string;
let folder: string;

beforeAll(async () => {
  home = freshFolder();
  mkdirSync(home, { recursive: true });
  const { store, scaffold, finished } = await filledStore(join(home, "store"));
  small = finished;
  // With lines of millions of characters, so that it takes a while.
  await recordHostileRuns(store, scaffold);
  store.close();
  parent = freshFolder();
  mkdirSync(parent, { recursive: true });
  folder = join(parent, "shared");
}, timeoutMs);
afterAll(removeFolders);

function start(...references: string[]) {
  return Bun.spawn([process.execPath, main, "ui", "--export", folder, ...references], {
    env: { ...process.env, AUTOMEM_HOME: home, CI: "true" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Resolves when it writes its data files, in a folder beside. */
async function atWork(): Promise<ReturnType<typeof start>> {
  const begun = Promise.withResolvers<void>();
  const watching = watch(parent, { recursive: true }, () => {
    const beside = readdirSync(parent).find((name) => name.endsWith(".tmp"));
    if (beside !== undefined && readdirSync(join(parent, beside)).includes("data")) begun.resolve();
  });
  const child = start();
  const ended = child.exited.then((code) => begun.reject(new Error(`it ended too early: ${code}`)));
  await begun.promise.finally(() => watching.close());
  ended.catch(() => undefined);
  return child;
}

describe("an export", () => {
  test(
    "that is stopped by Ctrl-C leaves what was there as it was, and nothing beside it",
    async () => {
      expect(await start(small).exited).toBe(0);
      const before = readFileSync(join(folder, "copy.json"), "utf8");
      const child = await atWork();
      child.kill("SIGINT");
      expect(await child.exited).toBe(130);
      expect(readdirSync(parent)).toEqual(["shared"]);
      expect(readFileSync(join(folder, "copy.json"), "utf8")).toBe(before);
    },
    timeoutMs,
  );

  test(
    "that is killed leaves a folder beside, which the next one into the same folder clears",
    async () => {
      const child = await atWork();
      child.kill("SIGKILL");
      await child.exited;
      expect(readdirSync(parent)).toHaveLength(2);
      const next = start(small);
      expect(await next.exited).toBe(0);
      expect(readdirSync(parent)).toEqual(["shared"]);
      expect(readdirSync(folder).sort()).toEqual([
        "copy.json",
        "data",
        "icon.svg",
        "index.html",
        "page.css",
        "page.js",
      ]);
    },
    timeoutMs,
  );
});
