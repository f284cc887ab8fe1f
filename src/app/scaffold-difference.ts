/** What differs between two scaffold packages, out of what is told of each. Pure: the server and the page of a static copy ask the same. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import * as v from "valibot";

/** A package, as far as differences are told of it. */
export const DescribedPackage = v.strictObject({
  name: v.string(),
  version: v.string(),
  hash: v.string(),
  hooks: v.array(v.string()),
  /** Names of its operations. */
  operations: v.array(v.string()),
  /** Paths with texts, in pairs so that any path is safe. */
  files: v.array(v.tuple([v.string(), v.string()])),
});
export type DescribedPackage = v.InferOutput<typeof DescribedPackage>;

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

export function scaffoldDifference(from: DescribedPackage, to: DescribedPackage): ScaffoldDifference {
  return {
    from: title(from),
    to: title(to),
    hooks: nameDifference(from.hooks, to.hooks),
    operations: nameDifference(from.operations, to.operations),
    files: fileDifferences(new Map(from.files), new Map(to.files)),
  };
}

function title({ name, version, hash }: DescribedPackage): ScaffoldDifference["from"] {
  return { name, version, hash };
}

function nameDifference(before: readonly string[], after: readonly string[]): NameDifference {
  return {
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
  };
}

/** Texts by path. */
function fileDifferences(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): FileDifference[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const before = from.get(path);
    const after = to.get(path);
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
