/** An episode that ends while it is read. */
import { afterEach, describe, expect, test } from "bun:test";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EpisodeReader } from "../../src/store/episode-reader.ts";
import { bothReaders, entries, freshRun, key, steps, write } from "./played-run.ts";
import { removeFolders, someFacts } from "./support.ts";

afterEach(removeFolders);

describe("a reader that was opened while the episode was under way", () => {
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
  /** It was opened before there was a record that it could name. */
  const said = (value: unknown) =>
    Array.isArray(value) || value instanceof Map ? value : { ...(value as object), record: undefined };

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
