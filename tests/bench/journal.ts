/**
 * What the store costs: a commit, a step, bytes a step, opening a step of a long trace. Run: `bun tests/bench/journal.ts [STEPS]` (default 2000).
 * Figures depend on the disk of the system's temporary folder; on a memory file system a commit costs its CPU alone.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import { Store } from "../../src/store/store.ts";
import { playedEntries, someFacts, someRun } from "../store/support.ts";

const steps = Number(process.argv[2] ?? 2000);
const committed = new Set(["call", "action", "episode-end"]);

const folder = mkdtempSync(join(tmpdir(), "automem-bench-"));
try {
  const store = await Store.open(join(folder, "store"));
  const run = await store.runs.create({ id: "bench-1", record: someRun(), createdMs: 0, commandLine: [] });
  const episode = run.episodes[0]!;
  const entries = [...playedEntries(steps)];
  await writeJournal(entries);
  const finishing = performance.now();
  const hash = await run.folder.finish(episode, someFacts(steps), 1);
  say("finish the episode", performance.now() - finishing, "ms");
  await measureSize(hash);
  await measureReading(hash);
  measureFigures(entries);

  async function writeJournal(all: readonly JournalEntry[]): Promise<void> {
    const journal = await run.folder.openJournal(episode.key);
    const cpu = process.cpuUsage();
    const start = performance.now();
    let commits = 0;
    for (const entry of all) {
      if (!committed.has(entry.kind)) journal.add(entry);
      else {
        await journal.commit(entry);
        commits++;
      }
    }
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    await journal.close();
    say("commit, wall", (wallMs * 1000) / commits, "us");
    say("commit, CPU", (user + system) / commits, "us");
    say("step, CPU", (user + system) / steps, "us");
  }

  async function measureSize(record: string): Promise<void> {
    const { trace } = await store.records.get(record, "automem.episode/1");
    const sizes = trace.map(({ blob }) => statSync(store.blobs.path(blob)).size);
    const plain = entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
    say("plain entries", plain / steps, "bytes a step");
    say("kept trace", sizes.reduce((sum, size) => sum + size, 0) / steps, "bytes a step");
    say("first full segment", (sizes[0] ?? 0) / 256, "bytes a step");
    say("last full segment", (sizes.at(-2) ?? 0) / 256, "bytes a step");
    say("files left of the journal", readdirSync(run.folder.episodesFolder()).length - 1, "");
  }

  async function measureReading(record: string): Promise<void> {
    const start = performance.now();
    const reader = await store.readRecord(record);
    await reader.step(Math.floor(steps / 2) + 3);
    say("open a step", performance.now() - start, "ms");
    const rows = performance.now();
    let count = 0;
    for await (const _ of reader.rows()) count++;
    say(`table of ${count} steps`, performance.now() - rows, "ms");
    say("resident memory", process.memoryUsage().rss / 2 ** 20, "MiB");
  }

  function measureFigures(all: readonly JournalEntry[]): void {
    const start = performance.now();
    const counter = new EpisodeCounter();
    for (const entry of all) counter.add(entry);
    counter.figures();
    say("figures", ((performance.now() - start) * 1000) / steps, "us a step");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function say(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(28)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit}`);
}
