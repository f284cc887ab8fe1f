/**
 * How fast the page is at scale, in a real Chromium: `bun tests/bench/page.ts episode [STEPS] [ROUNDS]` (default 100,000 steps: opens with a cold
 * and a warm cache, scrubs by mouse and by key) and `bun tests/bench/page.ts lists [EPISODES] [ROUNDS]` (default 10,000 episodes: in one run and
 * ten in each run; listed, sorted, searched). The server is a process of its own; its CPU time is printed beside what the page took, since that
 * does not depend on what else the machine does. AUTOMEM_TEST_CHROMIUM names Chromium where it is not on the path; TMPDIR=/dev/shm spares the disk.
 */
import { rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../web/browser/browser.ts";
import { inFreshFolder, median } from "./automem-process.ts";
import { listAddresses, measureFirstAnswer, measureList } from "./page-lists.ts";
import { dragOver, holdArrow, openEpisode, openMeter, type Scrubbing, scrubbed } from "./page-meter.ts";
import { recordLongRun, recordManyRuns } from "./page-store.ts";
import { lookAt } from "./process-watch.ts";

const [what = "episode", ...counts] = process.argv.slice(2);
const rounds = Number(counts[1] ?? 5);

console.log(`load ${loadavg()[0]?.toFixed(1)}`);
const browser = await launchBrowser();
if (what === "episode") await inFreshFolder((home) => episode(home, browser, Number(counts[0] ?? 100_000)));
else await lists(browser, Number(counts[0] ?? 10_000));
await browser.close();

async function episode(home: string, browser: Browser, steps: number): Promise<void> {
  const address = await recordLongRun(home, steps);
  for (const kind of ["cold", "warm"] as const) {
    const openings: { firstMs: number; wholeMs: number; requests: number; bytes: number; cpuMs: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      if (kind === "cold") await rm(join(home, "cache"), { recursive: true, force: true });
      await withServer(home, async (origin, cpuMs) => {
        const meter = await openMeter(browser);
        if (kind === "warm") await openEpisode(meter, `${origin}${address}`);
        const beforeMs = cpuMs();
        const opening = await openEpisode(meter, `${origin}${address}?step=${Math.floor(steps / 2)}`);
        openings.push({ ...opening, cpuMs: cpuMs() - beforeMs });
        await meter.page.close();
      });
    }
    say(`opens, ${kind}`, {
      "first ms": openings.map(({ firstMs }) => firstMs),
      "whole ms": openings.map(({ wholeMs }) => wholeMs),
      "server CPU ms": openings.map(({ cpuMs }) => cpuMs),
      requests: openings.map(({ requests }) => requests),
      kB: openings.map(({ bytes }) => bytes / 1000),
    });
  }
  for (const [name, scrub] of [
    ["drag", dragOver],
    ["arrow key", holdArrow],
  ] as const) {
    const found: Scrubbing[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await withServer(home, async (origin) => {
        const meter = await openMeter(browser);
        await openEpisode(meter, `${origin}${address}?step=${Math.floor(steps / 2)}`);
        found.push(await scrubbed(meter, (watched) => scrub(watched, 5)));
        await meter.page.close();
      });
    }
    const of = (pick: (scrubbing: Scrubbing) => number) => found.map(pick);
    say(`scrubs, ${name}`, {
      "frames a second": of(({ framesPerSecond }) => framesPerSecond),
      "frames over 1/30 s": of(({ slowFrames }) => slowFrames),
      "longest frame ms": of(({ longestMs }) => longestMs),
      "steps wanted a second": of(({ stepsWanted, seconds }) => stepsWanted / seconds),
      "steps shown a second": of(({ stepsShown, seconds }) => stepsShown / seconds),
      "lag ms, half": of(({ medianLagMs }) => medianLagMs),
      requests: of(({ requests }) => requests),
      kB: of(({ bytes }) => bytes / 1000),
      "heap MB": of(({ heapBytes }) => heapBytes / 1e6),
    });
  }
}

async function lists(browser: Browser, episodes: number): Promise<void> {
  for (const [name, runs] of [
    ["in one run", 1],
    ["in runs of ten", Math.ceil(episodes / 10)],
  ] as const) {
    await inFreshFolder(async (home) => {
      await recordManyRuns(home, runs, Math.ceil(episodes / runs));
      console.log(`\n${episodes} episodes ${name}`);
      await withServer(home, async (origin, cpuMs) => {
        say("the first answer, which makes the index", await measureFirstAnswer(origin, cpuMs));
        for (const list of listAddresses(runs)) {
          say(list.name, await measureList(browser, origin, list, rounds, cpuMs));
        }
      });
    });
  }
}

/** `automem ui` in a process of its own, and what CPU it took so far. */
async function withServer(home: string, work: (origin: string, cpuMs: () => number) => Promise<void>): Promise<void> {
  const main = join(import.meta.dir, "..", "..", "src", "main.ts");
  const server = Bun.spawn([process.execPath, main, "ui", "--port", "0"], {
    env: { ...process.env, AUTOMEM_HOME: home },
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    const reader = server.stdout.getReader();
    let said = "";
    while (!/http:\/\/[^/]+\//.test(said)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the server said no address: ${said}`);
      said += new TextDecoder().decode(value);
    }
    const origin = /http:\/\/[^/]+/.exec(said)![0];
    await work(origin, () => lookAt(server.pid)?.cpuMs ?? Number.NaN);
  } finally {
    server.kill();
    await server.exited;
  }
}

/** Best, median and worst of each figure. */
function say(title: string, figures: Record<string, readonly number[]>): void {
  console.log(`\n${title}`.padEnd(40), "best".padStart(9), "median".padStart(9), "worst".padStart(9));
  for (const [name, values] of Object.entries(figures)) {
    const shown = [Math.min(...values), median(values), Math.max(...values)];
    console.log(`  ${name}`.padEnd(39), ...shown.map((value) => value.toFixed(value < 10 ? 1 : 0).padStart(9)));
  }
}
