/** `automem scaffold diff`: what changed from one package to another. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { packageShape } from "../scaffold/check/package-shape.ts";
import { checkPackage, type PackageFiles } from "../scaffold/package-files.ts";
import type { App } from "./app.ts";
import { findPackage } from "./scaffolds.ts";

export interface FileDifference {
  path: string;
  change: "added" | "removed" | "changed";
  /** Unified diff. */
  patch: string;
}

/** Names that only one of the two has. */
export interface NameDifference {
  added: string[];
  removed: string[];
}

export interface ScaffoldDifference {
  from: { name: string; version: string; hash: string };
  to: { name: string; version: string; hash: string };
  hooks: NameDifference;
  operations: NameDifference;
  /** In order of path. Equal packages have none. */
  files: FileDifference[];
}

/** Each named as in `findScaffold`. Throws `ConfigError`, `ScaffoldError`. */
export async function diffScaffolds(app: App, from: string, to: string): Promise<ScaffoldDifference> {
  return packageDifference(await findPackage(app, from), await findPackage(app, to));
}

export async function packageDifference(from: PackageFiles, to: PackageFiles): Promise<ScaffoldDifference> {
  const [before, after] = [await packageShape(from), await packageShape(to)];
  const operations = (shape: typeof before) => shape.operations.map(({ name }) => name);
  return {
    from: title(from),
    to: title(to),
    hooks: nameDifference(before.hooks, after.hooks),
    operations: nameDifference(operations(before), operations(after)),
    files: fileDifferences(from, to),
  };
}

/** Pure. */
export function fileDifferences(from: PackageFiles, to: PackageFiles): FileDifference[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const before = textOf(from, path);
    const after = textOf(to, path);
    if (before === after) return [];
    const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
    const patch = createTwoFilesPatch(
      before === undefined ? "/dev/null" : `a/${path}`,
      after === undefined ? "/dev/null" : `b/${path}`,
      before ?? "",
      after ?? "",
      undefined,
      undefined,
      { context: 3, headerOptions: FILE_HEADERS_ONLY },
    );
    return [{ path, change, patch }];
  });
}

function title(files: PackageFiles): ScaffoldDifference["from"] {
  const { manifest, hash } = checkPackage(files);
  return { name: manifest.name, version: manifest.version, hash };
}

function nameDifference(before: readonly string[], after: readonly string[]): NameDifference {
  return {
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
  };
}

function textOf(files: PackageFiles, path: string): string | undefined {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
