/**
 * Episodes at the same time: `bun tests/bench/parallel.ts [GAME] [STEPS] [COUNT...]`, after `bun run build`, AUTOMEM_HOME holding the plugin
 * (default: crafter, 200 steps, 1 and 10 episodes). Plays COUNT episodes at once with the compiled binary against the zero-latency server and
 * prints, for each COUNT: wall and processor time a step, whose it was (automem, games, model server), how much of one core automem's one
 * thread was busy, and memory. Two lengths are played and subtracted, so that start-up is left out of times. Linux only.
 */
import { symlink } from "node:fs/promises";
import { availableParallelism, homedir, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { binary, inFreshFolder, startZeroServer } from "./automem-process.ts";
import { lookAt, watchTree } from "./process-watch.ts";

const mebibyte = 1024 * 1024;
const shortSteps = 20;
const firstSeed = 44;

const { positionals } = parseArgs({ allowPositionals: true });
const game = positionals[0] ?? "crafter";
const steps = Number(positionals[1] ?? 200);
const counts = positionals.length > 2 ? positionals.slice(2).map(Number) : [1, 10];
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");

const server = await startZeroServer();

interface Played {
  steps: number;
  wallMs: number;
  automemMs: number;
  gamesMs: number;
  serverMs: number;
  hostBytes: number;
  gamesBytes: number;
}

try {
  console.log(`${game}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    "at once  steps/s  CPU ms a step: automem  games  server  automem's share of a core   MiB: automem  games",
  );
  for (const count of counts) report(count, await play(count, shortSteps), await play(count, steps));
} finally {
  server.stop();
}

function report(count: number, short: Played, long: Played): void {
  const over = (pick: (played: Played) => number) => pick(long) - pick(short);
  const played = over((each) => each.steps);
  const wallMs = over((each) => each.wallMs);
  const automemMs = over((each) => each.automemMs);
  const cells = [
    [count, 0, 7],
    [(played / wallMs) * 1000, 0, 9],
    [automemMs / played, 2, 24],
    [over((each) => each.gamesMs) / played, 2, 7],
    [over((each) => each.serverMs) / played, 2, 8],
    [(automemMs / wallMs) * 100, 0, 26],
    [long.hostBytes / mebibyte, 0, 16],
    [long.gamesBytes / mebibyte, 0, 7],
  ] as const;
  console.log(cells.map(([figure, digits, width]) => figure.toFixed(digits).padStart(width)).join(""));
}

async function play(count: number, maxSteps: number): Promise<Played> {
  return inFreshFolder(async (folder) => {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    const words = ["run", game, "--model", server.model, "--context", "100000", "--json"];
    const seeds = `${firstSeed}..${firstSeed + count - 1}`;
    const lengths = ["--seeds", seeds, "--parallel", String(count), "--steps", String(maxSteps)];
    const serverBefore = lookAt(server.pid)?.cpuMs ?? 0;
    const begun = performance.now();
    const child = Bun.spawn([binary, ...words, ...lengths], {
      env: { ...process.env, AUTOMEM_HOME: folder },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const tree = watchTree(child.pid);
    const [stdout, code] = await Promise.all([child.stdout.text(), child.exited]);
    const wallMs = performance.now() - begun;
    const { host, children } = tree.stop();
    if (code !== 0)
      throw new Error(`the run of ${count} episodes failed with exit code ${code}: ${stdout.slice(-500)}`);
    return {
      steps: stdout.split("\n").filter((line) => line.includes('"kind":"step-end"')).length,
      wallMs,
      automemMs: host.cpuMs,
      gamesMs: children.cpuMs,
      serverMs: (lookAt(server.pid)?.cpuMs ?? 0) - serverBefore,
      hostBytes: host.residentBytes,
      gamesBytes: children.residentBytes,
    };
  });
}
