/** `automem scaffold list` and `show`: the packages there are, and what one holds. */
import type { ScaffoldManifest } from "../core/scaffold.ts";
import { packageShape } from "../scaffold/check/package-shape.ts";
import { loadScaffold } from "../scaffold/load-scaffold.ts";
import { checkPackage, type PackageFiles } from "../scaffold/package-files.ts";
import type { App } from "./app.ts";
import { firstPartyFolder, firstPartyNames } from "./first-party.ts";
import { findPackage, scaffoldRefs } from "./scaffolds.ts";

export interface ScaffoldRow {
  /** What to call it by: a shipped name, or a ref. */
  name: string;
  origin: "shipped" | "ref";
  version: string;
  /** Absent: all games. */
  games: readonly string[] | undefined;
  description: string;
  hash: string;
}

export interface ScaffoldOverview {
  manifest: ScaffoldManifest;
  hash: string;
  files: { path: string; sizeBytes: number }[];
  hooks: string[];
  operations: { name: string; phases: string[]; effect: string; help: string }[];
  hiddenOperations: string[];
  notes: string | undefined;
}

/** Shipped ones first, then refs in order of name. Throws `StoreError` for a ref that leads nowhere. */
export async function listScaffolds(app: App): Promise<ScaffoldRow[]> {
  const rows: ScaffoldRow[] = [];
  for (const name of await firstPartyNames("scaffolds")) {
    rows.push(row(name, "shipped", await firstPartyFolder(`scaffolds/${name}`)));
  }
  const { refs } = await app.store();
  for (const name of await refs.names()) {
    if (name.startsWith(scaffoldRefs)) rows.push(row(name, "ref", await findPackage(app, name)));
  }
  return rows;
}

/** Throws `ConfigError` (`unknown-scaffold`), `ScaffoldError`. */
export async function scaffoldOverview(app: App, named: string): Promise<ScaffoldOverview> {
  const files = await findPackage(app, named);
  const { manifest, hash } = await loadScaffold(files);
  const shape = await packageShape(files);
  const notes = files.get("NOTES.md");
  return {
    manifest,
    hash,
    files: [...files]
      .map(([path, bytes]) => ({ path, sizeBytes: bytes.length }))
      .sort((one, other) => (one.path < other.path ? -1 : 1)),
    hooks: shape.hooks,
    operations: shape.operations.map(({ name, phases, effect, help }) => ({ name, phases, effect, help })),
    hiddenOperations: shape.hiddenOperations,
    notes: notes === undefined ? undefined : new TextDecoder().decode(notes),
  };
}

function row(name: string, origin: ScaffoldRow["origin"], files: PackageFiles): ScaffoldRow {
  const { manifest, hash } = checkPackage(files);
  const { version, games, description } = manifest;
  return { name, origin, version, games, description, hash };
}
