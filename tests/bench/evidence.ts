/**
 * What the evidence of a long episode costs: `bun tests/bench/evidence.ts [STEPS]` (default 100,000). Records one episode of that many steps
 * (long-episode.ts), then, in a process of its own each: reading the trace alone, writing the evidence, and, over what was written, listing the
 * pages, reading one, and a search that goes through all of it. Prints seconds, processor seconds of the process so far, bytes and peak
 * resident memory.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openEvidence } from "../../src/evolve/evidence/open-evidence.ts";
import { writeEvidence } from "../../src/evolve/evidence/write-evidence.ts";
import { removeFolder } from "../../src/platform/remove-folder.ts";
import { Store } from "../../src/store/store.ts";
import { planOf, requestFor } from "../evolve/evidence/support.ts";
import { inFreshFolder } from "./automem-process.ts";
import { recordLongEpisode } from "./long-episode.ts";

const megabyte = 1_000_000;
let peakBytes = 0;
// The system's own figure for the most resident memory starts with that of the process which started this one.
const sampling = setInterval(() => sample(), 20);
const [mode, home = "", evidence = "", record = ""] = process.argv.slice(2);

if (mode === "trace") await readTrace();
else if (mode === "write") await write();
else if (mode === "read") await readBack();
else await all(Number(mode ?? 100_000));
clearInterval(sampling);

async function all(steps: number): Promise<void> {
  await inFreshFolder(async (folder) => {
    const startMs = performance.now();
    const store = await Store.open(join(folder, "store"));
    const record = await recordLongEpisode(store, steps);
    store.close();
    report(`record ${steps} steps`, startMs, `${bytesBelow(join(folder, "store"))} bytes in the store`);
    const target = join(folder, "evidence");
    for (const step of ["trace", "write", "read"]) {
      const child = Bun.spawn([process.execPath, import.meta.path, step, folder, target, record], {
        stdout: "inherit",
        stderr: "inherit",
      });
      if ((await child.exited) !== 0) throw new Error(`${step} failed`);
    }
    await removeFolder(target);
  });
}

async function readTrace(): Promise<void> {
  const startMs = performance.now();
  const store = await Store.open(join(home, "store"));
  let entries = 0;
  for await (const _ of (await store.readRecord(record)).entries()) entries++;
  report("read the trace alone", startMs, `${entries} entries`);
}

async function write(): Promise<void> {
  const startMs = performance.now();
  const store = await Store.open(join(home, "store"));
  const { task, seed } = await store.records.get(record, "automem.episode/1");
  await writeEvidence(store, requestFor([planOf([seed]).reviewable(record, { task, seed })]), evidence);
  report("write the evidence", startMs, `${bytesBelow(evidence)} bytes in ${filesBelow(evidence).length} files`);
}

async function readBack(): Promise<void> {
  let startMs = performance.now();
  const folder = await openEvidence(evidence);
  report("open", startMs, `${folder.episodes[0]?.steps} steps`);
  const steps = `${folder.episodes[0]?.folder}/steps`;
  startMs = performance.now();
  const pages = await folder.list(steps);
  report("list the pages", startMs, `${pages.length} pages`);
  startMs = performance.now();
  const page = await folder.read(`${steps}/${pages.at(-1)?.name}`, { fromLine: 1, lines: 200 });
  report("read a page", startMs, `${page.text.length} characters`);
  startMs = performance.now();
  const { matches } = await folder.search({ text: "no such text anywhere", limit: 20 });
  report("search all of it in vain", startMs, `${matches.length} matches`);
}

function sample(): void {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}

function report(title: string, startMs: number, what: string): void {
  sample();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(2).padStart(8);
  const { user, system } = process.cpuUsage();
  const cpu = ((user + system) / 1_000_000).toFixed(2).padStart(8);
  const peak = (peakBytes / megabyte).toFixed(0).padStart(6);
  console.log(`${title.padEnd(28)}${seconds} s ${cpu} s CPU ${peak} MB peak   ${what}`);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function bytesBelow(folder: string): number {
  return filesBelow(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}
