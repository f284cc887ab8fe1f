/** The trace of an episode under way, looked at again and again. */
import { afterEach, expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import type { JournalEntry } from "../../src/core/journal.ts";
import { EpisodeReader } from "../../src/store/episode-reader.ts";
import { EpisodeTail } from "../../src/store/episode-tail.ts";
import { GrowingSegment } from "../../src/store/growing-segment.ts";
import { GrowingTrace } from "../../src/store/growing-trace.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { livePath } from "../../src/store/journal-parts.ts";
import { freshFolder, playedEntries, removeFolders } from "./support.ts";

afterEach(removeFolders);

const steps = 530;
const entries = [...playedEntries(steps)];

async function allOf(trace: GrowingTrace): Promise<JournalEntry[]> {
  const read: JournalEntry[] = [];
  for await (const entry of new EpisodeReader(trace).entries()) read.push(entry);
  return read;
}

test("has what was written, whenever it is looked at, through the sealing of segments", async () => {
  const folder = freshFolder();
  const trace = new GrowingTrace(folder);
  expect(trace.count()).toBe(0);
  expect(await trace.load(0)).toBeUndefined();
  const journal = await EpisodeJournal.open(folder);
  let written = 0;
  for (const until of [1, 7, 8, 900, 1_000, 2_400, 2_401, 3_000, entries.length]) {
    for (; written < until; written++) journal.add(entries[written]!);
    await journal.flush();
    expect(await allOf(trace)).toEqual(entries.slice(0, until));
  }
  await journal.close();
  expect(await allOf(trace)).toEqual(entries);
  expect([0, 1, 2].map((segment) => trace.blobOf(segment) !== undefined)).toEqual([true, true, false]);
});

test("says how far the episode has come: the step under way too, and another version with each entry", async () => {
  const folder = freshFolder();
  const reader = new EpisodeReader(new GrowingTrace(folder));
  const tail = new EpisodeTail(folder);
  /** Of both: the whole reader, and the tail that reads lines alone. */
  const extent = async () => {
    const { end, ...said } = await reader.extent();
    expect(tail.read()).toEqual({ ...said, ended: end !== undefined });
    return { ...said, end };
  };
  expect(await extent()).toMatchObject({ steps: 0, lastStep: 0, end: undefined });
  const journal = await EpisodeJournal.open(folder);
  const versions = new Set<string>();
  let actions = 0;
  for (const entry of entries) {
    await journal.commit(entry);
    if (entry.kind === "action") actions += 1;
    if (!("stepIndex" in entry) || entry.stepIndex % 100 > 3) continue;
    const { steps: committed, lastStep, version } = await extent();
    expect({ committed, lastStep }).toEqual({ committed: actions, lastStep: entry.stepIndex });
    expect(versions.has(version)).toBe(false);
    versions.add(version);
  }
  await journal.close();
  expect(await reader.extent()).toMatchObject({
    steps,
    lastStep: steps - 1,
    progress: 1,
    end: { kind: "episode-end" },
  });
});

test("an attempt that was begun anew is read from its start, though its files have the same names", async () => {
  const folder = freshFolder();
  const trace = new GrowingTrace(folder);
  const tail = new EpisodeTail(folder);
  const write = async (some: readonly JournalEntry[]) => {
    const journal = await EpisodeJournal.open(folder);
    for (const entry of some) journal.add(entry);
    await journal.close();
  };
  await write(entries.slice(0, 3_000));
  expect(await allOf(trace)).toHaveLength(3_000);
  expect(tail.read().steps).toBeGreaterThan(256);
  rmSync(folder, { recursive: true });
  const other = entries.map((entry) => (entry.kind === "episode-start" ? { ...entry, seed: 8 } : entry));
  await write(other.slice(0, 3_100));
  expect(await allOf(trace)).toEqual(other.slice(0, 3_100));
  expect(tail.read()).toEqual(new EpisodeTail(folder).read());
  rmSync(folder, { recursive: true });
  expect(tail.read()).toMatchObject({ steps: 0, version: "0.0" });
  await write(other.slice(0, 40));
  expect(tail.read()).toEqual(new EpisodeTail(folder).read());
});

test("a file that is torn anywhere gives its whole lines, and the rest when it comes", async () => {
  const folder = freshFolder();
  const journal = await EpisodeJournal.open(folder);
  for (const entry of entries.slice(0, 200)) await journal.commit(entry);
  await journal.close();
  const bytes = readFileSync(livePath(folder, 0));
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const path = `${freshFolder()}/part`;
      writeFileSync(path, "");
      const segment = new GrowingSegment(path);
      let from = 0;
      for (const to of [...cuts.sort((one, other) => one - other), bytes.length]) {
        appendFileSync(path, bytes.subarray(from, to));
        from = to;
        const whole = bytes.subarray(0, to).toString().split("\n").length - 1;
        expect(segment.read(false)?.entries.length).toBe(whole === 0 ? undefined : whole - 1);
      }
      expect(segment.read(true)?.entries).toEqual(entries.slice(0, 200));
    }),
    { numRuns: 60 },
  );
});

test("a torn end is damage where a later segment was begun, and a changed line is damage anywhere", async () => {
  const folder = freshFolder();
  const journal = await EpisodeJournal.open(folder);
  for (const entry of entries.slice(0, 60)) await journal.commit(entry);
  await journal.close();
  const path = livePath(folder, 0);
  const text = readFileSync(path, "utf8");
  const segment = new GrowingSegment(path);
  expect(segment.read(true)?.entries).toHaveLength(60);
  appendFileSync(path, text.split("\n")[3]!.slice(0, 30));
  expect(segment.read(false)?.entries).toHaveLength(60);
  expect(() => segment.read(true)).toThrow(/line 62 does not match its checksum/);
  writeFileSync(path, text.replace('"kind":"action"', '"kind":"actioN"'));
  expect(() => new GrowingSegment(path).read(false)).toThrow(/does not match its checksum/);
});
