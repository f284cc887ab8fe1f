/** A game that dies, as the user of the command line meets it: restarts, exit code, summary, scores with how many are missing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixturesFolder } from "../fixtures/plugins/subject.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

const main = join(import.meta.dir, "../../src/main.ts");
let home: string;

async function automem(...words: string[]) {
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: { ...process.env, AUTOMEM_HOME: home, CI: "true" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

beforeAll(async () => {
  home = freshFolder();
  const added = await automem("plugin", "add", join(fixturesFolder, "unsteady"));
  expect([added.exitCode, added.exitCode === 0 ? "" : added.stderr + added.stdout]).toEqual([0, ""]);
  const rules = [
    { phase: "log", turn: 0, reply: "<|APPEND|>notes.txt|something was said<|END|><|DONE|>", cycle: true },
    { phase: "plan", turn: 0, reply: "<|ACTION|>on<|END|>", cycle: true },
  ];
  writeFileSync(join(home, "script.json"), JSON.stringify({ schema: "automem.script/1", log: "calls.jsonl", rules }));
}, 60_000);
afterAll(removeFolders);

/** Seeds 1 to 3; seed 2's game exits at step 3, `times` times. */
function play(times: number, log: string) {
  const option = (name: string, value: string | number) => ["--game-option", `${name}=${value}`];
  return automem(
    ...["run", "unsteady", "--model", `scripted:${join(home, "script.json")}`, "--seeds", "1,2,3", "--parallel", "2"],
    ...[...option("fault", "exit"), ...option("seed", 2), ...option("times", times), ...option("log", log)],
  );
}

const lines = (path: string) => (existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0);

test("that dies once: the run is whole, no model call is made twice, and the exit code is 0", async () => {
  const log = join(home, "once");
  const { exitCode, stdout } = await play(1, log);
  expect([exitCode, lines(log)]).toEqual([0, 1]);
  expect(stdout).toContain("3 of 3 episodes finished");
  // Six PLAN and five LOG calls an episode.
  expect(lines(join(home, "calls.jsonl"))).toBe(33);
}, 60_000);

test("that dies always: siblings finish, one is failed and owed, the score says so, and the exit code is 1; mended, resume is whole", async () => {
  const log = join(home, "always");
  const { exitCode, stdout } = await play(99, log);
  expect([exitCode, lines(log)]).toEqual([1, 3]);
  expect(stdout).toContain("2 of 3 episodes finished");
  expect(stdout).toContain("1 missing");
  expect(stdout).toContain("unsteady plugin exited (code 3)");
  const shown = JSON.parse((await automem("show", "last", "--json")).stdout);
  expect(shown.progression).toMatchObject({ count: 2, missing: 1 });
  expect(shown.episodes.map(({ status }: { status: string }) => status)).toEqual(["finished", "failed", "finished"]);
  expect((await automem("list")).stdout).toContain("1 owed (1 failed)");
  expect((await automem("store", "fsck")).exitCode).toBe(0);
  writeFileSync(log, "\n".repeat(99));
  const resumed = await automem("resume", "last");
  expect(resumed.exitCode).toBe(0);
  expect(resumed.stdout).toContain("3 of 3 episodes finished");
}, 60_000);
