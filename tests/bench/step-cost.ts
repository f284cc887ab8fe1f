/**
 * What a step costs beside the model: `bun tests/bench/step-cost.ts [GAME] [STEPS] [EPISODES]`, after `bun run build`, AUTOMEM_HOME holding the
 * plugin (default: crafter, 500, 1). Plays short and long episodes, one after the other, against the
 * zero-latency server with the compiled binary; the difference leaves start-up and resets out. CPU is user + system of automem with its game
 * process. Prints one JSON object. Whose the time is: step-parts.ts.
 */
import { readdir, stat, symlink } from "node:fs/promises";
import { homedir, loadavg } from "node:os";
import { join } from "node:path";
import { automem, inFreshFolder } from "./automem-process.ts";

const game = process.argv[2] ?? "crafter";
const steps = Number(process.argv[3] ?? 500);
const episodes = Number(process.argv[4] ?? 1);
const shortSteps = 20;
const firstSeed = 44;
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");

const server = Bun.spawn([process.execPath, join(import.meta.dir, "zero-latency-server.ts")], {
  stdout: "pipe",
  stderr: "inherit",
});
const { value } = await server.stdout.getReader().read();
const port = new TextDecoder().decode(value).trim();

try {
  const load = loadavg()[0];
  const short = await play(shortSteps);
  const long = await play(steps);
  const played = long.steps - short.steps;
  const figures = {
    game,
    steps: long.steps,
    load: round(load ?? Number.NaN),
    startToEndOf20StepsMs: Math.round(short.wallMs),
    cpuOf20StepsMs: Math.round(short.cpuMs),
    wallMsPerStep: round((long.wallMs - short.wallMs) / played),
    cpuMsPerStep: round((long.cpuMs - short.cpuMs) / played),
    traceBytesPerStep: { short: Math.round(short.bytes / short.steps), long: Math.round(long.bytes / long.steps) },
  };
  console.log(JSON.stringify(figures, null, 2));
} finally {
  server.kill();
}

interface Played {
  steps: number;
  wallMs: number;
  cpuMs: number;
  bytes: number;
}

async function play(maxSteps: number): Promise<Played> {
  return inFreshFolder(async (folder) => {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    const seeds = `${firstSeed}..${firstSeed + episodes - 1}`;
    const model = `openai:zero@http://127.0.0.1:${port}/v1`;
    const settings = ["--seeds", seeds, "--steps", String(maxSteps), "--context", "100000"];
    const { wallMs, cpuMs } = await automem(folder, ["run", game, "--model", model, ...settings, "--json"]);
    const shown = await automem(folder, ["show", "last", "--json"]);
    const overview = JSON.parse(shown.stdout) as { episodes: { steps: number }[] };
    const played = overview.episodes.reduce((sum, episode) => sum + episode.steps, 0);
    const bytes = (await sizeOf(join(folder, "store", "blobs"))) + (await sizeOf(join(folder, "store", "records")));
    return { steps: played, wallMs, cpuMs, bytes };
  });
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

function round(number: number): number {
  return Number(number.toFixed(2));
}
