/**
 * A disk that fills up, and one that becomes read-only, for bad-disk.test.ts. Runs where FOLDER is a small tmpfs of its own:
 * `bad-disk-child.ts full|read-only FOLDER`. Prints what it found as one JSON document.
 */
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AutomemError, StoreError } from "../../src/core/errors.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { exportRun } from "../../src/store/archive/export-run.ts";
import { checkStore } from "../../src/store/check/check-store.ts";
import { collectGarbage } from "../../src/store/garbage/collect.ts";
import { Store } from "../../src/store/store.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
import { HashModel, ringDependencies, ringScaffold, ringSettings } from "./support.ts";

const [mode = "", disk = ""] = process.argv.slice(2);
const folder = join(disk, "store");
const settings = ringSettings({ seeds: [1, 2], parallel: 2 });

const dependencies = async (model = new HashModel()) => {
  const store = await Store.open(folder);
  return ringDependencies(folder, { store, model, scaffold: await scaffoldOf(store) });
};
const scaffoldOf = async (store: Store) => Object.assign(ringScaffold(), { hash: await keepSomeScaffold(store) });
const faultOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (fault: AutomemError) => (fault instanceof StoreError ? fault.code : `not a StoreError: ${fault.stack}`),
  );
const damage = async () => (await checkStore(Store.forCheck(folder))).damage;

/** Leaves `bytes` of room, plays until it is used up, makes room, plays on; and that for more and more room. */
async function full(): Promise<unknown> {
  const expected = await startRun(await dependencies(), { settings, commandLine: [] });
  rmSync(folder, { recursive: true });
  const outcomes: unknown[] = [];
  for (let pages = 0; pages < 60; pages += 1) {
    const model = new HashModel();
    const given = await dependencies(model);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "ballast"), Buffer.alloc(Math.max(0, (bavail - pages) * bsize)));
    const code = await faultOf(startRun(given, { settings, commandLine: [] }));
    const damaged = (await damage()).length;
    rmSync(join(disk, "ballast"));
    const again = new HashModel();
    const [id] = await given.store.runs.ids();
    const parts = await dependencies(again);
    const summary = id ? await resumeRun(parts, id) : await startRun(parts, { settings, commandLine: [] });
    outcomes.push({
      pages,
      code,
      damaged,
      equal: JSON.stringify(records(summary)) === JSON.stringify(records(expected)),
      lostCalls: model.answered.filter((call) => again.answered.includes(call)).length,
      damagedAfter: (await damage()).length,
    });
    rmSync(folder, { recursive: true });
    if (code === undefined) break;
  }
  return outcomes;
}

async function readOnly(): Promise<unknown> {
  const stop = new AbortController();
  let asked = 0;
  const model = new HashModel(() => {
    if (++asked === 30) stop.abort();
  });
  const { runId } = await startRun(
    { ...(await dependencies(model)), signal: stop.signal },
    { settings, commandLine: [] },
  );
  const store = await Store.open(folder);
  const listed = await store.catalogue.listRuns();
  const given = await dependencies();
  store.close();
  remount("ro");
  const reader = await Store.open(folder);
  const run = await reader.runs.open(runId);
  const found = {
    list: JSON.stringify(await reader.catalogue.listRuns()) === JSON.stringify(listed),
    steps: (await (await reader.readEpisode(runId, "left-s1")).summary()).steps,
    holder: run.folder.holder() ?? null,
    damage: await damage(),
    start: await faultOf(startRun(given, { settings, commandLine: [] })),
    resume: await faultOf(resumeRun(given, runId)),
    put: await faultOf(reader.blobs.put("new")),
    gc: await faultOf(collectGarbage(reader, { nowMs: Date.now(), graceMs: 0, dryRun: false })),
    export: await faultOf(exportRun(reader, runId, { path: join(disk, "x.tar.gz"), nowMs: 0, automemVersion: "0" })),
  };
  remount("rw");
  const summary = await resumeRun(await dependencies(), runId);
  return { ...found, finished: summary.finished.length };
}

function remount(how: "ro" | "rw"): void {
  const { success, stderr } = Bun.spawnSync(["mount", "-o", `remount,${how}`, disk]);
  if (!success) throw new Error(`remount: ${stderr}`);
}

function records({ finished }: { finished: readonly { record: string }[] }): string[] {
  return finished.map(({ record }) => record);
}

process.stdout.write(JSON.stringify(await (mode === "full" ? full() : readOnly())));
