import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { formatLines, parseLines } from "../../src/store/journal-line.ts";
import { decodeSegment } from "../../src/store/segment.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, playedEntries, removeFolders, someFacts, someRun } from "./support.ts";

afterEach(removeFolders);

const commits = new Set(["call", "action", "episode-end"]);

/** Few commits, since each costs a sync. */
async function playAll(folder: string, entries: Iterable<JournalEntry>): Promise<void> {
  const journal = await EpisodeJournal.open(folder);
  let count = 0;
  for (const entry of entries) {
    if (++count % 50 === 0) await journal.commit(entry);
    else journal.add(entry);
  }
  await journal.close();
}

/** Plays the episode in a fresh store after `prepare` had its way with the journal; returns the record's hash. */
async function finishedHash(steps: number, prepare?: (folder: string) => void): Promise<string> {
  const store = await Store.open(join(freshFolder(), "store"));
  const run = await store.runs.create({ id: "toy-1", record: someRun(), createdMs: 0, commandLine: [] });
  const [episode] = run.episodes;
  const key = episode!.key;
  prepare?.(run.folder.journalFolder(key));
  await playAll(run.folder.journalFolder(key), playedEntries(steps));
  expect(run.folder.isJournalComplete(key)).toBe(true);
  return run.folder.finish(episode!, someFacts(steps), 1);
}

describe("journal lines", () => {
  const write = (texts: string[], checksum = 0) => formatLines(texts, checksum);

  test("come back in order", () => {
    const one = write(['{"a":1}', '{"b":"é"}']);
    const two = write(['{"c":3}'], one.checksum);
    expect(parseLines(Buffer.from(one.text + two.text))).toEqual({
      texts: ['{"a":1}', '{"b":"é"}', '{"c":3}'],
      soundBytes: Buffer.byteLength(one.text + two.text),
      checksum: two.checksum,
    });
  });

  test("any flipped bit in a write with another behind it is damage; in the last write it is a torn tail", () => {
    const one = write(['{"a":"deadbeef:{}"}', '{"b":2}']);
    const two = write(['{"c":3}', '{"d":4}'], one.checksum);
    const bytes = Buffer.from(one.text + two.text);
    for (let index = 0; index < bytes.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(bytes);
        damaged[index] = damaged[index]! ^ (1 << bit);
        const expected = index < one.text.length ? "damaged-middle" : "torn-tail";
        expect([index, bit, parseLines(damaged).damage?.kind]).toEqual([index, bit, expected]);
      }
    }
  });

  test("a cut anywhere leaves the lines before it, and is a torn tail", () => {
    const one = write(['{"a":1}', '{"b":2}']);
    const bytes = Buffer.from(one.text + write(['{"c":3}'], one.checksum).text);
    for (let length = 0; length <= bytes.length; length++) {
      const { texts, soundBytes, damage } = parseLines(bytes.subarray(0, length));
      const whole = bytes.subarray(0, length).toString().split("\n").length - 1;
      expect(texts.length).toBe(whole);
      expect(damage?.kind).toBe(soundBytes === length ? undefined : "torn-tail");
    }
  });

  test("a line that is missing or stands twice is damage", () => {
    const one = write(['{"a":1}']);
    const two = write(['{"b":2}'], one.checksum);
    const three = write(['{"c":3}'], two.checksum);
    expect(parseLines(Buffer.from(one.text + three.text)).texts).toEqual(['{"a":1}']);
    expect(parseLines(Buffer.from(one.text + one.text + two.text + three.text)).damage?.kind).toBe("damaged-middle");
  });
});

describe("journal", () => {
  test("what is committed is on disk before commit resolves", async () => {
    const folder = freshFolder();
    const journal = await EpisodeJournal.open(folder);
    for (const entry of playedEntries(3)) {
      if (!commits.has(entry.kind)) {
        journal.add(entry);
        continue;
      }
      await journal.commit(entry);
      const { texts } = parseLines(readFileSync(join(folder, "journal-0000.jsonl")));
      expect(decodeSegment(texts, "test").entries.at(-1)).toEqual(entry);
    }
    await journal.close();
  });

  test("cut at any byte and played again, it gives the uninterrupted record, hash for hash", async () => {
    const steps = 3;
    const whole = await finishedHash(steps);
    const folder = freshFolder();
    const journal = await EpisodeJournal.open(folder);
    for (const entry of playedEntries(steps)) {
      if (commits.has(entry.kind)) await journal.commit(entry);
      else journal.add(entry);
    }
    await journal.close();
    const bytes = readFileSync(join(folder, "journal-0000.jsonl"));
    for (let length = 0; length <= bytes.length; length += length > bytes.length - 200 ? 1 : 37) {
      const cut = (target: string) => {
        cpSync(folder, target, { recursive: true });
        truncateSync(join(target, "journal-0000.jsonl"), length);
      };
      expect([length, await finishedHash(steps, cut)]).toEqual([length, whole]);
    }
  }, 60_000);

  test("seals full segments in place, and is the same after an interruption in any of them", async () => {
    const steps = 600;
    const whole = await finishedHash(steps);
    const folder = freshFolder();
    const entries = [...playedEntries(steps)];
    for (const kept of [1500, 2560, 2562, 2563, 5200]) {
      rmSync(folder, { recursive: true, force: true });
      await playAll(folder, entries.slice(0, kept));
      const names = readdirSync(folder).sort();
      expect(names.filter((name) => name.endsWith(".jsonl")).length).toBe(1);
      expect(await finishedHash(steps, (target) => cpSync(folder, target, { recursive: true }))).toBe(whole);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".zst")).length).toBe(2);
  }, 60_000);

  test("a crash between sealing and removing, or before sealing, loses nothing", async () => {
    const steps = 260;
    const whole = await finishedHash(steps);
    const folder = freshFolder();
    const entries = [...playedEntries(steps)];
    const firstOfNext = entries.findIndex((entry) => "stepIndex" in entry && entry.stepIndex === 256);
    await playAll(folder, entries.slice(0, firstOfNext));
    const unsealed = readFileSync(join(folder, "journal-0000.jsonl"));
    await playAll(folder, entries.slice(0, firstOfNext + 20));
    const both = (target: string) => {
      cpSync(folder, target, { recursive: true });
      writeFileSync(join(target, "journal-0000.jsonl"), unsealed);
    };
    expect(await finishedHash(steps, both)).toBe(whole);
    const emptyNext = (target: string) => {
      both(target);
      for (const name of readdirSync(target)) if (name.endsWith(".zst")) rmSync(join(target, name));
      truncateSync(join(target, "journal-0001.jsonl"), 11);
    };
    expect(await finishedHash(steps, emptyNext)).toBe(whole);
  });

  test("damage to what was committed is an error, and the file stays as it is", async () => {
    const folder = freshFolder();
    await playAll(folder, playedEntries(30));
    const path = join(folder, "journal-0000.jsonl");
    const bytes = readFileSync(path);
    bytes[700] = bytes[700]! ^ 1;
    writeFileSync(path, bytes);
    await expect(EpisodeJournal.open(folder)).rejects.toMatchObject({ name: "StoreError", code: "damaged-journal" });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test("a sealed segment that was changed is an error", async () => {
    const folder = freshFolder();
    await playAll(folder, playedEntries(300));
    const sealed = readdirSync(folder).find((name) => name.endsWith(".zst"))!;
    const bytes = readFileSync(join(folder, sealed));
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    writeFileSync(join(folder, sealed), bytes);
    await expect(EpisodeJournal.open(folder)).rejects.toMatchObject({ code: "corrupt-blob" });
  });

  test("an entry that differs from the recording ends the replay, and says where", async () => {
    const folder = freshFolder();
    const entries = [...playedEntries(3)];
    await playAll(folder, entries);
    const before = readFileSync(join(folder, "journal-0000.jsonl"));
    const journal = await EpisodeJournal.open(folder);
    expect(journal.replaying).toBe(true);
    const changed = structuredClone(entries[1]!) as JournalEntry & { kind: "observation" };
    changed.observation.long = changed.observation.long.replace("tree", "cow");
    journal.add(entries[0]!);
    expect(journal.next()).toEqual(entries[1]);
    expect(() => journal.add(changed)).toThrow(
      /observation of step 0, observation.long \(character \d+\).*tree.*cow.*deterministic/s,
    );
    await journal.abandon();
    expect(readFileSync(join(folder, "journal-0000.jsonl")).equals(before)).toBe(true);
  });

  test("finishing twice is harmless, and leaves no journal", async () => {
    const store = await Store.open(join(freshFolder(), "store"));
    const run = await store.runs.create({ id: "toy-1", record: someRun(), createdMs: 0, commandLine: [] });
    const episode = run.episodes[0]!;
    const folder = run.folder.journalFolder(episode.key);
    await playAll(folder, playedEntries(4));
    const kept = freshFolder();
    cpSync(folder, kept, { recursive: true });
    const hash = await run.folder.finish(episode, someFacts(4), 1);
    expect(existsSync(folder)).toBe(false);
    // As if killed before the state was written: journal there, blobs and record too.
    cpSync(kept, folder, { recursive: true });
    rmSync(`${folder}.json`);
    expect(await run.folder.finish(episode, someFacts(4), 1)).toBe(hash);
    // As if killed before the journal was removed.
    cpSync(kept, folder, { recursive: true });
    expect(await run.folder.state(episode)).toMatchObject({ status: "finished", record: hash });
    expect(existsSync(folder)).toBe(false);
    const record = await store.records.get(hash, "automem.episode/1");
    const notes = await store.blobs.getText(record.memory["notes.md"]!);
    expect(notes.split("\n").length).toBe(5);
    expect(record.trace).toMatchObject([{ firstStep: 0, lastStep: 4 }]);
  });
});
