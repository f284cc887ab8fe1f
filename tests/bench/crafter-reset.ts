/**
 * How long Crafter takes to make a world: `bun tests/bench/crafter-reset.ts`, AUTOMEM_HOME holding the plugin. Resets one game process
 * with ten seeds, after one that is not counted; processor time is the game process's own (Linux). Aim: 0.4 s; the reference takes 1.2 s.
 */
import { homedir, loadavg } from "node:os";
import { join } from "node:path";
import { openGame } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";
import { median } from "./automem-process.ts";
import { lookAt } from "./process-watch.ts";

const firstSeed = 42;
const seeds = 10;

const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");
const started = performance.now();
const game = await openGame(new PluginRegistry(home), "crafter", { automemVersion: "0.0.0", environment: process.env });
const startMs = performance.now() - started;
try {
  const cpuMs = () => lookAt(game.process.pid)?.cpuMs ?? Number.NaN;
  const walls: number[] = [];
  const [task] = game.tasks;
  if (task === undefined) throw new Error("the plugin names no task");
  const reset = async (seed: number) => {
    const begun = performance.now();
    await game.reset({ task: task.id, seed, options: {} });
    return performance.now() - begun;
  };
  const first = await reset(firstSeed - 1);
  const before = cpuMs();
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) walls.push(await reset(seed));
  const cpu = (cpuMs() - before) / seeds;
  console.log(`load ${loadavg()[0]?.toFixed(1)}`);
  console.log(`start of the process  ${startMs.toFixed(0)} ms`);
  console.log(`first reset           ${first.toFixed(0)} ms`);
  console.log(
    `reset, wall           ${median(walls).toFixed(0)} ms (median of ${seeds}; largest ${Math.max(...walls).toFixed(0)})`,
  );
  console.log(`reset, CPU            ${cpu.toFixed(0)} ms (mean)`);
} finally {
  await game.close();
}
