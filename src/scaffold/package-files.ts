/**
 * A scaffold package as files: checks paths, sizes and the manifest, and makes the record whose hash names the package.
 * Packages are written by people and by models alike: nothing in them is trusted.
 */
import * as v from "valibot";
import { ScaffoldError } from "../core/errors.ts";
import { type Hash, hashBytes, hashJson } from "../core/hash.ts";
import type { ScaffoldRecord } from "../core/records.ts";
import { ScaffoldManifest } from "../core/scaffold.ts";

/** A package's files by path: relative, `/` between folders. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

export const packageLimits = {
  files: 200,
  fileBytes: 256 * 1024,
  totalBytes: 2 * 1024 * 1024,
  pathCharacters: 200,
} as const;

export interface CheckedPackage {
  manifest: ScaffoldManifest;
  record: ScaffoldRecord;
  hash: Hash;
  /** Every file as text. */
  texts: ReadonlyMap<string, string>;
}

const manifestPath = "scaffold.json";
const pathPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/** Checks a package. Throws `ScaffoldError` (`bad-package`) that names the file and the rule. */
export function checkPackage(files: PackageFiles): CheckedPackage {
  checkSizes(files);
  checkPaths([...files.keys()]);
  const texts = new Map([...files].map(([path, bytes]) => [path, decode(path, bytes)]));
  const manifest = readManifest(texts.get(manifestPath));
  if (!texts.has(manifest.entry))
    throw badPackage(`entry "${manifest.entry}" of scaffold.json is not a file of the package`);
  if (!manifest.entry.endsWith(".ts")) throw badPackage(`entry "${manifest.entry}" of scaffold.json is not a .ts file`);
  const record: ScaffoldRecord = {
    schema: "automem.scaffold-record/1",
    manifest,
    files: Object.fromEntries([...files].map(([path, bytes]) => [path, hashBytes(bytes)])),
  };
  return { manifest, record, hash: hashJson(record), texts };
}

function checkSizes(files: PackageFiles): void {
  if (files.size > packageLimits.files) throw badPackage(`${files.size} files; ${packageLimits.files} at most`);
  let total = 0;
  for (const [path, bytes] of files) {
    total += bytes.length;
    if (bytes.length > packageLimits.fileBytes) {
      throw badPackage(`${shown(path)} has ${bytes.length} bytes; ${packageLimits.fileBytes} at most`);
    }
  }
  if (total > packageLimits.totalBytes) throw badPackage(`${total} bytes in all; ${packageLimits.totalBytes} at most`);
}

function checkPaths(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    if (path.length > packageLimits.pathCharacters || !pathPattern.test(path)) {
      throw badPackage(
        `path ${shown(path)} is not allowed: relative, letters, digits, ".", "_", "-", folders by "/", no "." in front`,
      );
    }
    const twin = seen.get(path.toLowerCase());
    if (twin !== undefined) throw badPackage(`${shown(twin)} and ${shown(path)} differ in case only`);
    seen.set(path.toLowerCase(), path);
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badPackage(`${shown(path)} is not UTF-8 text`, cause);
  }
}

function readManifest(text: string | undefined): ScaffoldManifest {
  if (text === undefined) throw badPackage("scaffold.json is missing");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badPackage("scaffold.json is not JSON", cause);
  }
  const parsed = v.safeParse(ScaffoldManifest, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw badPackage(`scaffold.json: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`);
}

function shown(path: string): string {
  return JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}...` : path);
}

function badPackage(what: string, cause?: unknown): ScaffoldError {
  return new ScaffoldError(`The scaffold package cannot be used: ${what}. Correct the package and load it again.`, {
    code: "bad-package",
    cause,
  });
}
