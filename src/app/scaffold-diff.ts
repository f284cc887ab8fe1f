/** `automem scaffold diff`: what changed from one package to another. */
import { packageShape } from "../scaffold/check/package-shape.ts";
import { checkPackage, type PackageFiles } from "../scaffold/package-files.ts";
import type { App } from "./app.ts";
import { type DescribedPackage, type ScaffoldDifference, scaffoldDifference } from "./scaffold-difference.ts";
import { findPackage } from "./scaffolds.ts";

export type { ScaffoldDifference } from "./scaffold-difference.ts";

/** Each named as in `findScaffold`. Throws `ConfigError`, `ScaffoldError`. */
export async function diffScaffolds(app: App, from: string, to: string): Promise<ScaffoldDifference> {
  return packageDifference(await findPackage(app, from), await findPackage(app, to));
}

export async function packageDifference(from: PackageFiles, to: PackageFiles): Promise<ScaffoldDifference> {
  return scaffoldDifference(await describePackage(from), await describePackage(to));
}

/** Throws `ScaffoldError` for a package that is none. */
export async function describePackage(files: PackageFiles): Promise<DescribedPackage> {
  const { manifest, hash } = checkPackage(files);
  const { hooks, operations } = await packageShape(files);
  const decoder = new TextDecoder();
  return {
    name: manifest.name,
    version: manifest.version,
    hash,
    hooks: [...hooks],
    operations: operations.map(({ name }) => name),
    files: [...files].map(([path, bytes]) => [path, decoder.decode(bytes)]),
  };
}
