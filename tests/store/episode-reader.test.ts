import { afterEach, describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../src/core/journal.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { bothReaders, entries, freshRun, key, steps, write } from "./played-run.ts";
import { removeFolders, someFacts } from "./support.ts";

afterEach(removeFolders);

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
