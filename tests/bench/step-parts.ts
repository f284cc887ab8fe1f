/**
 * Whose a step's processor time is: `bun tests/bench/step-parts.ts [GAME] [STEPS] [WARM]`, with AUTOMEM_HOME holding the plugin (default:
 * crafter, 170, 20). Plays in this process, with the parts of automem on a meter, against the zero-latency server; the first WARM steps are
 * not counted. Prints milliseconds a step: of the main thread by part, of the other threads, and of the game's process. Linux only.
 */
import { symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import { play } from "../../src/app/play.ts";
import { resolveSettings } from "../../src/app/settings.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import { GameClient } from "../../src/plugins/game-client.ts";
import { ReplayModel } from "../../src/run/replay-model.ts";
import { SandboxedSession } from "../../src/scaffold/session.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { TimesLog } from "../../src/store/times.ts";
import { inFreshFolder } from "./automem-process.ts";
import { CpuMeter, cpuUs } from "./cpu-meter.ts";
import { lookAt } from "./process-watch.ts";

const game = process.argv[2] ?? "crafter";
const steps = Number(process.argv[3] ?? 170);
const warm = Number(process.argv[4] ?? 20);
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");

const meter = new CpuMeter("agent and run");
onAccount("hooks", SandboxedSession.prototype);
onAccount("HTTP", ReplayModel.prototype, ["chat"]);
onAccount("store", EpisodeJournal.prototype, ["add", "flush"]);
onAccount("store", TimesLog.prototype, ["add"]);
onAccount("figures", EpisodeCounter.prototype, ["add"]);
let pid = 0;
const { step } = GameClient.prototype;
GameClient.prototype.step = function (action) {
  pid = this.process.pid;
  return meter.on("wire", () => step.call(this, action));
};

const server = Bun.spawn([process.execPath, join(import.meta.dir, "zero-latency-server.ts")], {
  stdout: "pipe",
  stderr: "inherit",
});
try {
  const { value } = await server.stdout.getReader().read();
  const port = new TextDecoder().decode(value).trim();
  await inFreshFolder(async (folder) => {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    await playIn(folder, `openai:zero@http://127.0.0.1:${port}/v1`);
  });
} finally {
  server.kill();
}

async function playIn(folder: string, model: string): Promise<void> {
  const app = openApp({ ...process.env, AUTOMEM_HOME: folder });
  const flags = { game, model, seeds: "44", maxSteps: steps, contextTokens: 100_000 };
  const settings = await resolveSettings({}, flags);
  let begun: Spent | undefined;
  await play(app, settings, {
    commandLine: [],
    signal: new AbortController().signal,
    onEvent: (event) => {
      if (event.kind !== "step-end") return;
      if (event.stepIndex === warm) {
        begun = spent();
        meter.reset();
      } else if (event.stepIndex === steps - 1 && begun !== undefined) report(begun, spent());
    },
  });
}

interface Spent {
  processUs: number;
  threadUs: number;
  gameMs: number;
}

function spent(): Spent {
  return { processUs: cpuUs("process"), threadUs: cpuUs("thread"), gameMs: lookAt(pid)?.cpuMs ?? Number.NaN };
}

function report(begun: Spent, end: Spent): void {
  const say = (part: string, ms: number) => console.log(part.padEnd(40), (ms / (steps - 1 - warm)).toFixed(3));
  for (const [part, ms] of Object.entries(meter.spentMs())) say(part, ms);
  const ownMs = (end.processUs - begun.processUs) / 1000;
  const gameMs = end.gameMs - begun.gameMs;
  say("other threads (compiler, collector, I/O)", ownMs - (end.threadUs - begun.threadUs) / 1000);
  say("game", gameMs);
  say("all", ownMs + gameMs);
}

/** Puts methods of a class on the account of `part`; without names, all it has. */
function onAccount(part: string, prototype: object, names = Object.getOwnPropertyNames(prototype)): void {
  for (const name of names) {
    const described = Object.getOwnPropertyDescriptor(prototype, name);
    const method = described?.value as unknown;
    if (name === "constructor" || typeof method !== "function") continue;
    Object.defineProperty(prototype, name, {
      ...described,
      value(this: unknown, ...args: unknown[]) {
        return meter.on(part, () => method.apply(this, args));
      },
    });
  }
}
