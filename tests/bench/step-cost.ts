/**
 * What a step costs beside the model: `bun tests/bench/step-cost.ts [crafter|nethack] [steps]`, with AUTOMEM_HOME holding the plugin.
 * Plays a short and a long episode against the zero-latency server with the compiled binary (dist/automem); the difference leaves start-up out.
 * CPU is user + system of automem with its game process. Prints one JSON object.
 */
import { mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const game = process.argv[2] ?? "crafter";
const steps = Number(process.argv[3] ?? 500);
const shortSteps = 20;
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");

const server = Bun.spawn([process.execPath, join(import.meta.dir, "zero-latency-server.ts")], {
  stdout: "pipe",
  stderr: "inherit",
});
const { value } = await server.stdout.getReader().read();
const port = new TextDecoder().decode(value).trim();

try {
  const short = await play(shortSteps);
  const long = await play(steps);
  const played = long.steps - short.steps;
  console.log(
    JSON.stringify(
      {
        game,
        steps: long.steps,
        startToEndOf20StepsMs: Math.round(short.wallMs),
        cpuOf20StepsMs: Math.round(short.cpuMs),
        wallMsPerStep: round((long.wallMs - short.wallMs) / played),
        cpuMsPerStep: round((long.cpuMs - short.cpuMs) / played),
        modelSecondsPerStep: round(long.times.modelSeconds / long.steps, 5),
        gameSecondsPerStep: round(long.times.gameSeconds / long.steps, 5),
        harnessSecondsPerStep: round(long.times.harnessSeconds / long.steps, 5),
        traceBytesPerStep: { short: Math.round(short.bytes / short.steps), long: Math.round(long.bytes / long.steps) },
      },
      null,
      2,
    ),
  );
} finally {
  server.kill();
}

interface Played {
  steps: number;
  wallMs: number;
  cpuMs: number;
  bytes: number;
  times: { modelSeconds: number; gameSeconds: number; harnessSeconds: number };
}

async function play(maxSteps: number): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), "automem-bench-"));
  try {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    const env = { ...process.env, AUTOMEM_HOME: folder };
    const model = `openai:zero@http://127.0.0.1:${port}/v1`;
    const words = [
      "run",
      game,
      "--model",
      model,
      "--seeds",
      "44",
      "--steps",
      String(maxSteps),
      "--context",
      "100000",
      "--json",
    ];
    const begun = performance.now();
    const child = Bun.spawn([join(root, "dist", "automem"), ...words], {
      env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await child.exited) !== 0) throw new Error(`the run failed with exit code ${child.exitCode}`);
    const wallMs = performance.now() - begun;
    const cpuMs = Number(child.resourceUsage()?.cpuTime.total ?? 0n) / 1000;
    const shown = Bun.spawnSync([join(root, "dist", "automem"), "show", "last", "--json"], { env }).stdout.toString();
    const overview = JSON.parse(shown) as { episodes: { key: string; steps: number }[] };
    const episode = overview.episodes[0];
    const name = `last/${episode?.key}`;
    const { times } = JSON.parse(
      Bun.spawnSync([join(root, "dist", "automem"), "show", name, "--json"], { env }).stdout.toString(),
    ) as Played;
    const bytes = (await sizeOf(join(folder, "store", "blobs"))) + (await sizeOf(join(folder, "store", "records")));
    return { steps: episode?.steps ?? 0, wallMs, cpuMs, bytes, times };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

function round(number: number, digits = 2): number {
  return Number(number.toFixed(digits));
}
