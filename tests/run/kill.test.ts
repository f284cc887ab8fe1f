/** The real thing: a process that plays, killed with SIGKILL at random moments, and resumed by others until the end. */
import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, removeFolders } from "../store/support.ts";

afterEach(removeFolders);

const child = join(import.meta.dir, "kill-child.ts");

interface ChildResult {
  runId: string;
  records: string[];
  failed: unknown[];
}

type Models = 1 | 2;

function start(folder: string, models: Models, runId?: string) {
  const given = [String(models), join(folder, "store"), join(folder, "calls"), ...(runId ? [runId] : [])];
  return Bun.spawn([process.execPath, child, ...given], { stdout: "pipe", stderr: "inherit" });
}

async function finish(folder: string, models: Models, runId?: string): Promise<ChildResult> {
  return JSON.parse(await new Response(start(folder, models, runId).stdout).text()) as ChildResult;
}

function callsIn(folder: string): string[] {
  const path = join(folder, "calls");
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}

function runIdIn(folder: string): string | undefined {
  const runs = join(folder, "store", "runs");
  return existsSync(runs) ? readdirSync(runs).find((id) => existsSync(join(runs, id, "run.json"))) : undefined;
}

/** Waits until the child has made `calls` more calls, then kills it outright. False if it ended before. */
async function killAfter(folder: string, playing: ReturnType<typeof start>, calls: number): Promise<boolean> {
  const path = join(folder, "calls");
  const size = () => (existsSync(path) ? statSync(path).size : 0);
  const goal = size() + calls * 65;
  while (size() < goal && playing.exitCode === null) await Bun.sleep(1);
  playing.kill("SIGKILL");
  await playing.exited;
  return playing.signalCode === "SIGKILL";
}

test.each([
  ["one model", 1],
  ["two models", 2],
] as [string, Models][])(
  "killed at random moments, a run of %s ends with the records of an uninterrupted one, and no committed call is made twice",
  async (_name, models) => {
    const whole = freshFolder();
    const expected = await finish(whole, models);
    const total = callsIn(whole).length;
    expect(expected).toMatchObject({ failed: [] });
    expect(expected.records.length).toBe(3);

    const folder = freshFolder();
    let kills = 0;
    for (let round = 0; round < 8; round++) {
      const killed = await killAfter(
        folder,
        start(folder, models, runIdIn(folder)),
        Math.floor(Math.random() * (total / 6)),
      );
      if (!killed) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(3);
    expect(await finish(folder, models, runIdIn(folder))).toMatchObject({ records: expected.records, failed: [] });
    const made = callsIn(folder);
    expect(new Set(made)).toEqual(new Set(callsIn(whole)));
    // A kill may fall between a reply and its commit: at most one call for each of the two workers.
    expect(made.length - new Set(made).size).toBeLessThanOrEqual(kills * 2);
  },
  120_000,
);
