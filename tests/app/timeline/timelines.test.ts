/** Time lines of long episodes: made a part at a time, and kept when they are whole, without ever being believed over the trace. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { type App, openApp } from "../../../src/app/app.ts";
import { EpisodeReaders } from "../../../src/app/episode/readers.ts";
import { type Timeline, Timelines } from "../../../src/app/timeline/timelines.ts";
import { recordLongRun } from "../../bench/page-store.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

const steps = 5_000;
const named = "bench-long/long-s1";
let home: string;
let app: App;
let first: Timeline;

/** Of a process that has nothing in memory. */
async function wholeLine(asked: { points?: number } = {}): Promise<{ line: Timeline; answers: number }> {
  const timelines = new Timelines(app, new EpisodeReaders(app));
  for (let answers = 1; ; answers++) {
    const line = await timelines.of(named, { fromStep: 0, points: 300, ...asked });
    if (line.known === line.segments) return { line, answers };
    // Each answer takes its time's worth of segments, and one at least.
    if (answers > line.segments) throw new Error(`${line.known} of ${line.segments} after ${answers} answers`);
  }
}

/** The only file there. */
function drawing(): string {
  const folder = join(home, "cache", "timelines", "whole");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/"));
  expect(names).toHaveLength(1);
  return join(folder, names[0]!);
}

beforeAll(async () => {
  home = freshFolder();
  await mkdir(home, { recursive: true });
  await recordLongRun(home, steps);
  app = openApp({ AUTOMEM_HOME: home });
  first = (await wholeLine()).line;
}, 60_000);

afterAll(() => removeFolders());

describe("the time line of a whole finished episode", () => {
  test("is the same from memory, from columns, and from the drawing that was kept", async () => {
    const timelines = new Timelines(app, new EpisodeReaders(app));
    const kept = await timelines.of(named, { fromStep: 0, points: 300 });
    expect(kept).toEqual(first);
    await rm(join(home, "cache", "timelines", "whole"), { recursive: true });
    expect((await wholeLine()).line).toEqual(first);
    await rm(join(home, "cache"), { recursive: true });
    expect((await wholeLine()).line).toEqual(first);
  });

  test("is there with the first answer of another process, and none of the trace is read for it", async () => {
    const blobs = join(home, "store", "blobs");
    await rename(blobs, `${blobs}-away`);
    try {
      expect(await wholeLine()).toEqual({ line: first, answers: 1 });
      // Drawn otherwise it is another one.
      await rm(join(home, "cache", "timelines"), { recursive: true });
      await expect(wholeLine()).rejects.toThrow("is not in the store");
    } finally {
      await rename(`${blobs}-away`, blobs);
    }
    expect((await wholeLine()).line).toEqual(first);
  });

  test("is drawn anew where the kept one is damaged, torn, changed, or of another shape", async () => {
    const text = JSON.stringify({ ...first.window, points: 1 });
    for (const content of [
      "",
      "nothing that was packed",
      zstdCompressSync("no line end"),
      zstdCompressSync(`${"0".repeat(64)}\n${text}`),
      zstdCompressSync(`${new Bun.CryptoHasher("sha256").update("{}").digest("hex")}\n{}`),
    ]) {
      const path = drawing();
      await writeFile(path, content);
      expect((await wholeLine()).line).toEqual(first);
      // And kept again.
      expect((await wholeLine()).answers).toBe(1);
      expect(existsSync(path)).toBe(true);
    }
  });

  test("of other points, or of a part, is another one", async () => {
    const fewer = (await wholeLine({ points: 100 })).line;
    expect(fewer.window).toMatchObject({ points: 99, toStep: steps + 1 });
    const timelines = new Timelines(app, new EpisodeReaders(app));
    const part = await timelines.of(named, { fromStep: 0, toStep: 100, points: 300 });
    expect(part.window).toMatchObject({ points: 100, stepsPerPoint: 1 });
    const given = await timelines.of(named, { fromStep: 0, points: 300, stepsPerPoint: 1_000 });
    expect(given.window).toMatchObject({ points: 6, stepsPerPoint: 1_000 });
  });
});
