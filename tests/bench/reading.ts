/**
 * How fast a large store opens: `bun tests/bench/reading.ts [RUNS]`, after `bun run build`.
 * `show` of an episode of 10,000 steps (aims: 300 ms, 300 MB) and `list` of 1,000 recorded episodes (aim: 1 s), with the compiled binary from
 * its start to its end. Medians of five runs. RUNS (default 100) is over how many runs the 1,000 episodes are spread. Making the stores takes
 * a minute and syncs often: TMPDIR=/dev/shm spares the disk.
 */
import { rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { automem, type Cost, inFreshFolder, median } from "./automem-process.ts";
import type { StorePlan } from "./recorded-store.ts";

const rounds = 5;
const megabyte = 1_000_000;
const longSteps = 10_000;
const episodes = 1_000;
const shortSteps = 100;
const runs = Number(process.argv[2] ?? 100);

console.log(`load ${loadavg()[0]?.toFixed(1)}`);
await inFreshFolder(async (home) => {
  await measure("automem --version", home, ["--version"]);
  await record(home, { runs: 1, episodes: 1, steps: longSteps });
  console.log(`\none episode of ${longSteps} steps`);
  for (const flags of [[], ["--step", "7001"], ["--memory", "7001"], ["--steps"], ["--json"]]) {
    await measure(`show last ${flags.join(" ")}`, home, ["show", "last", ...flags]);
  }
});
await inFreshFolder(async (home) => {
  await record(home, { runs, episodes: episodes / runs, steps: shortSteps });
  console.log(`\n${episodes} episodes of ${shortSteps} steps in ${runs} runs`);
  const index = join(home, "store", "index.sqlite");
  const forget = () => Promise.all(["", "-wal", "-shm"].map((end) => rm(`${index}${end}`, { force: true })));
  await measure("list, without its index", home, ["list"], forget);
  await measure("list", home, ["list"]);
  await measure("list --figures, without its index", home, ["list", "--figures"], forget);
  await measure("list --figures", home, ["list", "--figures"]);
  await measure("show last", home, ["show", "last"]);
});

/** In a process of its own: Linux counts what a process had resident as the least that its children had at most. */
async function record(home: string, { runs, episodes, steps }: StorePlan): Promise<void> {
  const words = [home, runs, episodes, steps].map(String);
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "recorded-store.ts"), ...words], {
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) throw new Error(`the store could not be made: exit code ${child.exitCode}`);
}

async function measure(
  title: string,
  home: string,
  words: readonly string[],
  before: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await before();
    costs.push(await automem(home, words));
  }
  const middle = (pick: (cost: Cost) => number) => median(costs.map(pick)).toFixed(0).padStart(6);
  console.log(
    `${title.padEnd(36)}${middle(({ wallMs }) => wallMs)} ms wall ${middle(({ cpuMs }) => cpuMs)} ms CPU ${middle(({ peakBytes }) => peakBytes / megabyte)} MB`,
  );
}
