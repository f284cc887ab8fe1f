/** Looking after the store: check, collect garbage, rebuild the index, measure, take runs out and in. */
import { existsSync } from "node:fs";
import { ConfigError } from "../core/errors.ts";
import { type ExportReport, exportRun } from "../store/archive/export-run.ts";
import { type ImportReport, importRun } from "../store/archive/import-run.ts";
import { checkStore } from "../store/check/check-store.ts";
import type { CheckReport } from "../store/check/report.ts";
import { type CollectReport, collectGarbage } from "../store/garbage/collect.ts";
import { measureStore, type StoreSize } from "../store/measure.ts";
import { Store } from "../store/store.ts";
import type { App } from "./app.ts";
import { findRun } from "./runs.ts";

export type { ExportReport } from "../store/archive/export-run.ts";
export type { ImportReport } from "../store/archive/import-run.ts";
export type { CheckReport, Damage } from "../store/check/report.ts";
export { type CollectReport, standardGraceMs } from "../store/garbage/collect.ts";
export type { Amount, StoreSize } from "../store/measure.ts";

/** Reads the whole store, damaged or not, and changes nothing. Throws `ConfigError` `no-store`. */
export async function checkWholeStore(app: App): Promise<CheckReport> {
  return checkStore(Store.forCheck(existingStore(app)));
}

/** Removes what nothing reaches and is older than `graceMs` milliseconds; see `collectGarbage`. */
export async function collect(app: App, options: { graceMs: number; dryRun: boolean }): Promise<CollectReport> {
  existingStore(app);
  return collectGarbage(await app.store(), { ...options, nowMs: app.clock.nowMs() });
}

/** Builds the index anew; returns the number of runs in it. */
export async function reindex(app: App): Promise<number> {
  existingStore(app);
  return (await app.store()).catalogue.reindex();
}

export async function measure(app: App): Promise<StoreSize> {
  existingStore(app);
  return measureStore(await app.store());
}

/** Writes a run, named as in `findRun`, into an archive. Throws `ConfigError` `bad-archive-name`, and what `exportRun` throws. */
export async function exportRunTo(app: App, named: string, path: string): Promise<ExportReport> {
  if (!/\.(tar\.gz|tgz)$/.test(path)) {
    throw new ConfigError(`The archive is a .tar.gz; "${path}" should end so.`, { code: "bad-archive-name" });
  }
  existingStore(app);
  const { folder } = await findRun(app, named);
  return exportRun(await app.store(), folder.id, { path, nowMs: app.clock.nowMs(), automemVersion: app.version });
}

/** Takes a run in. Makes the store if there is none. Throws `ConfigError` `no-archive`, and what `importRun` throws. */
export async function importRunFrom(app: App, path: string): Promise<ImportReport> {
  if (!existsSync(path)) throw new ConfigError(`There is no file ${path}.`, { code: "no-archive" });
  return importRun(await app.store(), path);
}

/** The store's folder. A mistyped AUTOMEM_HOME is told, and no store made there. */
function existingStore({ home }: App): string {
  if (existsSync(home.store)) return home.store;
  throw new ConfigError(`There is no store at ${home.store} yet. Set AUTOMEM_HOME to the home that has it.`, {
    code: "no-store",
  });
}
