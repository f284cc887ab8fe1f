/** `automem scaffold`, as a user types it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keepScaffold } from "../../src/campaign/kept-scaffold.ts";
import { startRun } from "../../src/run/run.ts";
import { loadScaffold } from "../../src/scaffold/load-scaffold.ts";
import { RingGame, ringDependencies, ringSettings } from "../run/support.ts";
import { manifestText, packageFiles } from "../scaffold/packages.ts";
import { loadBase } from "../scaffolds/base-package.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const folder = freshFolder();
const home = join(folder, "home");
let run: string;
let kept: string;

beforeAll(async () => {
  const base = await loadBase();
  const openGame = async () => new RingGame(8);
  const dependencies = await ringDependencies(join(home, "store"), { scaffold: base, openGame });
  await keepScaffold(dependencies.store, base);
  run = (await startRun(dependencies, { settings: ringSettings({ seeds: [1, 2] }), commandLine: [] })).runId;
  const hooks = `import { defineScaffold } from "automem";
export default defineScaffold({ logPrompt: () => "log", planPrompt: () => "plan" });`;
  const other = await loadScaffold(packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks }));
  await keepScaffold(dependencies.store, other);
  dependencies.store.refs.move("scaffold/ring/best", undefined, other.hash);
  kept = other.hash;
  dependencies.store.close();
});
afterAll(removeFolders);

async function scaffold(...words: string[]) {
  const child = Bun.spawn([process.execPath, main, "scaffold", ...words], {
    cwd: folder,
    env: { ...process.env, AUTOMEM_HOME: home },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

test("list names the shipped ones and the refs", async () => {
  const { exitCode, stdout } = await scaffold("list", "--json");
  expect(exitCode).toBe(0);
  const rows = JSON.parse(stdout) as { name: string; origin: string; hash: string }[];
  expect(rows).toContainEqual(expect.objectContaining({ name: "base", origin: "shipped" }));
  expect(rows.at(-1)).toMatchObject({ name: "scaffold/ring/best", origin: "ref", hash: kept, version: "1.2.3" });
  expect((await scaffold("list")).stdout).toMatch(/^base +0\.1\.0 +all /m);
});

test("show finds a scaffold by name, ref and beginning of a hash", async () => {
  for (const name of ["scaffold/ring/best", kept.slice(0, 8), kept]) {
    const { stdout } = await scaffold("show", name, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ hash: kept, hooks: ["logPrompt", "planPrompt"], operations: [] });
  }
  expect((await scaffold("show", "base")).stdout).toContain("hooks       initFiles, instruction, onReset");
});

test("a scaffold that is not there is a fault of usage that names what there is", async () => {
  const nothing = await scaffold("show", "nosuch");
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining("Shipped: base")]);
  const ref = await scaffold("show", "scaffold/none");
  expect([ref.exitCode, ref.stderr]).toEqual([2, expect.stringContaining("Refs: scaffold/ring/best.")]);
  expect((await scaffold("show", "00000000")).stderr).toContain("no scaffold whose hash begins with 00000000");
});

test("new writes a package with types beside it, which checks, and differs from its origin in its manifest only", async () => {
  const made = await scaffold("new", "mine");
  expect(made.exitCode).toBe(0);
  expect(made.stdout).toContain("Next: automem scaffold check ./mine");
  expect(existsSync(join(folder, "mine/automem.d.ts"))).toBe(true);
  const tsc = Bun.spawnSync([join(main, "../../node_modules/.bin/tsc"), "-p", join(folder, "mine")]);
  expect(tsc.stdout.toString()).toBe("");
  expect(tsc.exitCode).toBe(0);
  const checked = await scaffold("check", "./mine", "--run", `${run}/left-s1`);
  expect([checked.exitCode, checked.stdout]).toEqual([0, expect.stringMatching(/passed\n$/)]);
  const { stdout } = await scaffold("diff", "base", "./mine", "--json");
  expect(JSON.parse(stdout).files.map(({ path }: { path: string }) => path)).toEqual(["scaffold.json"]);
  expect((await scaffold("new", "mine")).exitCode).toBe(2);
  expect((await scaffold("new", "Bad Name")).stderr).toContain("cannot name a scaffold");
}, 120_000);

test("check exits with 1 and says why, against a parent too", async () => {
  await mkdir(join(folder, "bad/seeds"), { recursive: true });
  await writeFile(join(folder, "bad/scaffold.json"), manifestText);
  await writeFile(
    join(folder, "bad/hooks.ts"),
    `import { defineScaffold } from "automem";
export default defineScaffold({ logPrompt: () => "other", planPrompt: (): string => 5 });`,
  );
  await writeFile(join(folder, "bad/seeds/x.json"), "{}");
  const { exitCode, stdout } = await scaffold("check", "./bad", "--parent", "scaffold/ring/best", "--json");
  expect(exitCode).toBe(1);
  const report = JSON.parse(stdout) as { passed: boolean; lines: { name: string; status: string; found: string }[] };
  expect(report.passed).toBe(false);
  const failed = report.lines.filter(({ status }) => status === "fail").map(({ name, found }) => `${name}: ${found}`);
  expect(failed).toContainEqual(expect.stringContaining("seeds/x.json does not belong in a package"));
  expect(failed).toContainEqual(
    expect.stringContaining("types: hooks.ts:2: Type 'number' is not assignable to type 'string'."),
  );
  expect(failed).toContainEqual(expect.stringContaining("hooks, a plain episode: step 0, planPrompt:"));
}, 120_000);

test("diff shows new hooks and operations, and each file", async () => {
  const { stdout } = await scaffold("diff", "scaffold/ring/best", "base");
  expect(stdout).toContain("hooks new: initFiles, instruction, onReset");
  expect(stdout).toContain("  changed  hooks.ts");
  expect(stdout).toContain("--- /dev/null\n+++ b/map.ts\n");
  expect((await scaffold("diff", "base", "base")).stdout).toContain("The files are the same.");
});

test("replay shows nothing for the recorded scaffold, and what differs for another", async () => {
  const same = await scaffold("replay", "base", run, "--json");
  expect(same.exitCode).toBe(0);
  const reports = JSON.parse(same.stdout) as { differences: object }[];
  expect(reports).toMatchObject([
    { episode: `${run}/left-s1`, steps: 8, complete: true },
    { episode: `${run}/left-s2`, steps: 8, complete: true },
  ]);
  expect(reports.map(({ differences }) => differences)).toEqual([{}, {}]);
  const other = await scaffold("replay", "scaffold/ring/best", run, "--episode", "left-s2", "--steps", "3");
  expect(other.stdout).toContain(`${run}/left-s2: 3 steps replayed with toy 1.2.3`);
  expect(other.stdout).toContain("## step 0: plan-prompt");
  expect((await scaffold("replay", "base", "nosuch")).exitCode).toBe(2);
});

test("export writes a folder of the same hash, and into no folder that holds something", async () => {
  expect((await scaffold("export", "scaffold/ring/best", "out")).exitCode).toBe(0);
  expect(JSON.parse((await scaffold("show", "./out", "--json")).stdout)).toMatchObject({ hash: kept });
  const again = await scaffold("export", "base", "out");
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("is not empty")]);
});
