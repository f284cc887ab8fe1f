/**
 * One round trip to a game: `bun tests/bench/rpc.ts [GAME] [STEPS]`, with AUTOMEM_HOME holding the plugin (default: courier, 2000). Plays the
 * default action through the typed client, checks of the answer included, and starts an episode anew where one ends. Prints the wall clock
 * and the processor time on both sides, in microseconds a step. Linux only.
 */
import { openApp } from "../../src/app/app.ts";
import { openGame } from "../../src/plugins/open.ts";
import { cpuUs } from "./cpu-meter.ts";
import { lookAt } from "./process-watch.ts";

const name = process.argv[2] ?? "courier";
const steps = Number(process.argv[3] ?? 2000);
const warm = 300;

const app = openApp(process.env);
const begun = performance.now();
const game = await openGame(app.registry, name, { automemVersion: app.version, environment: app.environment });
say("start of the game's process", (performance.now() - begun) * 1000);
try {
  const spec = { task: game.tasks[0]?.id ?? "", seed: 44, options: {} };
  const { defaultAction } = await game.reset(spec);
  const play = async (count: number) => {
    for (let played = 0; played < count; played += 1) {
      const { terminated, truncated } = await game.step(defaultAction);
      if (terminated || truncated) await game.reset(spec);
    }
  };
  await play(warm);
  const before = {
    wall: performance.now(),
    thread: cpuUs("thread"),
    game: lookAt(game.process.pid)?.cpuMs ?? Number.NaN,
  };
  await play(steps);
  say("round trip", ((performance.now() - before.wall) * 1000) / steps);
  say("CPU of automem's thread", (cpuUs("thread") - before.thread) / steps);
  say("CPU of the game's process", (((lookAt(game.process.pid)?.cpuMs ?? Number.NaN) - before.game) * 1000) / steps);
} finally {
  await game.close();
}

function say(what: string, us: number): void {
  console.log(what.padEnd(28), us.toFixed(0).padStart(8), "us");
}
