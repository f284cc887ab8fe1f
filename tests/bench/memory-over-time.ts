/**
 * Does automem's process grow with the episodes it has played? `bun tests/bench/memory-over-time.ts [EPISODES]`, after `bun run build`,
 * AUTOMEM_HOME holding the plugin courier. Plays EPISODES (default 400) of 10 steps one after the other in one process against the
 * zero-latency server, and prints what was resident after each tenth of them. Linux only.
 */
import { symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { binary, inFreshFolder, startZeroServer } from "./automem-process.ts";
import { lookAt } from "./process-watch.ts";

const mebibyte = 1024 * 1024;
const episodes = Number(process.argv[2] ?? 400);
const home = process.env.AUTOMEM_HOME ?? join(homedir(), ".automem");

const server = await startZeroServer();
try {
  await inFreshFolder(async (folder) => {
    await symlink(join(home, "plugins"), join(folder, "plugins"));
    const words = ["run", "courier", "--task", "tiny", "--model", server.model, "--context", "100000", "--json"];
    const child = Bun.spawn([binary, ...words, "--seeds", `1..${episodes}`, "--steps", "10"], {
      env: { ...process.env, AUTOMEM_HOME: folder },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    let played = 0;
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.includes('"kind":"episode-end"')) continue;
        played += 1;
        if (played % Math.ceil(episodes / 10) === 0) {
          const resident = (lookAt(child.pid)?.residentBytes ?? Number.NaN) / mebibyte;
          console.log(`${String(played).padStart(6)} episodes  ${resident.toFixed(0)} MiB`);
        }
      }
    }
    if ((await child.exited) !== 0) throw new Error(`the run failed with exit code ${child.exitCode}`);
  });
} finally {
  server.stop();
}
