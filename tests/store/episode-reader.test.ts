import { afterEach, describe, expect, test } from "bun:test";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { EpisodeReader } from "../../src/store/episode-reader.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, playedEntries, removeFolders, someFacts, someRun } from "./support.ts";

afterEach(removeFolders);

const steps = 530;
const entries = [...playedEntries(steps)];
const key = "default-s7";

async function freshRun() {
  const store = await Store.open(join(freshFolder(), "store"));
  const run = await store.runs.create({ id: "toy-1", record: someRun(), createdMs: 0, commandLine: [] });
  return { store, run, journalFolder: run.folder.journalFolder(key) };
}

async function write(folder: string, some: readonly JournalEntry[]): Promise<void> {
  const journal = await EpisodeJournal.open(folder);
  for (const entry of some) journal.add(entry);
  await journal.close();
}

/** Readers of the same episode: under way (last segment still open), and finished. */
async function bothReaders(): Promise<Record<string, EpisodeReader>> {
  const live = await freshRun();
  await write(live.journalFolder, entries);
  const done = await freshRun();
  await write(done.journalFolder, entries);
  await done.run.folder.finish(done.run.episodes[0]!, someFacts(steps), 1);
  return { live: await live.store.readEpisode("toy-1", key), done: await done.store.readEpisode("toy-1", key) };
}

describe("an episode's reader", () => {
  test("gives entries, rows, steps and memory, from a journal as from a record", async () => {
    for (const reader of Object.values(await bothReaders())) {
      const read: JournalEntry[] = [];
      for await (const entry of reader.entries()) read.push(entry);
      expect(read).toEqual(entries);

      const rows = [];
      for await (const row of reader.rows()) rows.push(row);
      expect(rows.map(({ stepIndex }) => stepIndex)).toEqual(Array.from({ length: steps }, (_, index) => index));
      expect(rows[256]).toMatchObject({
        action: "Do",
        executed: "Do",
        calls: 3,
        operations: 2,
        writes: 1,
        progress: 257 / steps,
      });
      expect(rows[255]?.executed).toBe("Do");

      const some = [];
      for await (const row of reader.rows(520)) some.push(row.stepIndex);
      expect(some).toEqual([520, 521, 522, 523, 524, 525, 526, 527, 528, 529]);

      for (const stepIndex of [0, 1, 255, 256, 511, 512, 529]) {
        const step = await reader.step(stepIndex);
        expect(step.observation?.stepIndex).toBe(stepIndex);
        expect(step.outcome?.stepIndex).toBe(stepIndex + 1);
        expect(step.log === undefined).toBe(stepIndex === 0);
        const second = step.plan!.calls[1]!;
        expect(second.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
        expect(second.messages[1]?.content).toBe("<|TAIL|>notes.md|12<|END|>");
        const notes = (await reader.memoryAt(stepIndex)).get("notes.md")!;
        expect(notes.split("\n").length).toBe(stepIndex + 2);
        expect(notes).toEndWith(
          stepIndex === 0 ? "# Notes\n" : `step ${stepIndex}: tree at ${(stepIndex * 7919) % 64}\n`,
        );
      }
      await expect(reader.step(steps + 1)).rejects.toMatchObject({ code: "no-such-step", data: { steps } });
      expect(await reader.summary()).toMatchObject({
        steps,
        progress: 1,
        end: { reason: "truncated" },
        start: { seed: 7 },
      });
    }
  });

  test("opens a step without reading other segments", async () => {
    for (const reader of Object.values(await bothReaders())) {
      const loaded: number[] = [];
      const load = reader.source.load.bind(reader.source);
      reader.source.load = (segment) => {
        loaded.push(segment);
        return load(segment);
      };
      await reader.step(300);
      await reader.memoryAt(300);
      expect(loaded).toEqual([1, 1]);
      await reader.step(511);
      expect(loaded.slice(2)).toEqual([1, 2]);
    }
  });

  test("reads a step under way, and says when nothing was played", async () => {
    const { store, journalFolder } = await freshRun();
    const reader = await store.readEpisode("toy-1", key);
    await expect(reader.summary()).rejects.toMatchObject({ code: "empty-episode" });
    await write(journalFolder, entries.slice(0, 12));
    expect(await reader.summary()).toMatchObject({ steps: 1, end: undefined });
    const rows = [];
    for await (const row of reader.rows()) rows.push(row);
    expect(rows.map(({ stepIndex, action }) => [stepIndex, action])).toEqual([
      [0, "Do"],
      [1, undefined],
    ]);
    await expect(store.readEpisode("toy-1", "other-s1")).rejects.toMatchObject({ code: "unknown-episode" });
    await expect(store.readEpisode("../x", key)).rejects.toMatchObject({ code: "unknown-run" });
  });

  describe("that was opened while the episode was under way", () => {
    /** Each reads all in its own way. */
    const reads: Record<string, (reader: EpisodeReader) => Promise<unknown>> = {
      summary: (reader) => reader.summary(),
      extent: (reader) => reader.extent(),
      "a step": (reader) => reader.step(300),
      "a step at a segment's end": (reader) => reader.step(511),
      "the memory at a step": (reader) => reader.memoryAt(300),
      entries: async (reader) => Array.fromAsync(reader.entries()),
      rows: async (reader) => Array.fromAsync(reader.rows(250)),
    };
    const finished = async () => {
      const { store, run, journalFolder } = await freshRun();
      await write(journalFolder, entries);
      const reader = await store.readEpisode("toy-1", key);
      return { reader, journalFolder, finish: () => run.folder.finish(run.episodes[0]!, someFacts(steps), 1) };
    };
    const plain = ({ record: _, ...rest }: Record<string, unknown>) => rest;
    const said = (value: unknown) =>
      Array.isArray(value) || value instanceof Map ? value : plain(value as object as never);

    for (const [name, read] of Object.entries(reads)) {
      test(`gives ${name} of one that has ended since, from its record`, async () => {
        const { done } = await bothReaders();
        const { reader, finish } = await finished();
        await finish();
        expect(said(await read(reader))).toEqual(said(await read(done!)));
      });

      test(`gives ${name} of one that ends before any of its segments is read`, async () => {
        const { done } = await bothReaders();
        for (let before = 0; before < 3; before++) {
          const { reader, finish } = await finished();
          const load = reader.source.load.bind(reader.source);
          let loads = 0;
          reader.source.load = async (segment) => {
            if (loads++ === before) await finish();
            return load(segment);
          };
          expect(said(await read(reader))).toEqual(said(await read(done!)));
        }
      });

      test(`gives ${name} of one whose journal is half gone`, async () => {
        const { done } = await bothReaders();
        for (const gone of [0, 1, 2]) {
          const { reader, journalFolder, finish } = await finished();
          const aside = `${journalFolder}-aside`;
          await cp(journalFolder, aside, { recursive: true });
          await finish();
          await cp(aside, journalFolder, { recursive: true });
          const names = (await readdir(journalFolder)).sort();
          await rm(join(journalFolder, names[gone]!));
          expect(said(await read(reader))).toEqual(said(await read(done!)));
        }
      });
    }
  });

  test("follows an episode across segments, from journal to record, each entry once", async () => {
    const { store, run, journalFolder } = await freshRun();
    const journal = await EpisodeJournal.open(journalFolder);
    let written = 0;
    // Each wait of the follower is a turn of the writer.
    const clock: Clock = {
      nowMs: () => 0,
      monotonicMs: () => 0,
      sleep: async () => {
        const next = entries.slice(written, written + 700);
        written += next.length;
        for (const entry of next) journal.add(entry);
        await journal.flush();
        if (written < entries.length) return;
        await journal.close();
        await run.folder.finish(run.episodes[0]!, someFacts(steps), 1);
      },
    };
    const followed: JournalEntry[] = [];
    for await (const entry of await store.followEpisode("toy-1", key, { clock, everyMs: 1 })) followed.push(entry);
    expect(followed.length).toBe(entries.length);
    expect(followed).toEqual(entries);
  });

  test("stops following when asked", async () => {
    const { store } = await freshRun();
    const stop = new AbortController();
    const sleep = () => {
      stop.abort();
      return Promise.reject(stop.signal.reason);
    };
    const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0, sleep };
    const follow = await store.followEpisode("toy-1", key, { clock, everyMs: 1, signal: stop.signal });
    for await (const _ of follow) throw new Error("nothing was played");
    expect(stop.signal.aborted).toBe(true);
  });
});
