/** Scaffold packages as evidence: their source, and what one changed of another. */
import { createTwoFilesPatch } from "diff";
import { keptPackage } from "../../campaign/kept-scaffold.ts";
import type { Hash } from "../../core/hash.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";
import type { Store } from "../../store/store.ts";
import type { FolderWriter } from "./folder-writer.ts";
import { safeName, visible } from "./plain-text.ts";

/** Edits up to which the least difference is looked for; beyond, both files are named only. */
const maxEditLength = 1_000;

/** Source as it is, but for control characters, which become visible. */
export async function writePackage(writer: FolderWriter, folder: string, files: PackageFiles): Promise<void> {
  for (const [index, [path, bytes]] of inOrder(files).entries()) {
    const parts = path.split("/").map((part) => safeName(part, index));
    await writer.write(`${folder}/${parts.join("/")}`, visible(textOf(bytes)));
  }
}

/** A unified diff over all files, in order of path; empty for equal packages. */
export function packageDifference(before: PackageFiles, after: PackageFiles): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.map((path) => fileDifference(path, before.get(path), after.get(path))).join("");
}

/** The package of a hash, from the store; `undefined` if the store does not have it. Throws `StoreError` if it cannot be read. */
export async function storedPackage(store: Store, hash: Hash): Promise<PackageFiles | undefined> {
  if (!(await store.records.has(hash))) return undefined;
  return keptPackage(store, hash);
}

function fileDifference(path: string, before: Uint8Array | undefined, after: Uint8Array | undefined): string {
  const [old, now] = [before, after].map((bytes) => (bytes === undefined ? undefined : textOf(bytes)));
  if (old === now) return "";
  const names = [old === undefined ? "/dev/null" : `a/${path}`, now === undefined ? "/dev/null" : `b/${path}`] as const;
  const options = { context: 3, maxEditLength };
  const patch = createTwoFilesPatch(names[0], names[1], old ?? "", now ?? "", undefined, undefined, options);
  const text =
    patch ?? `--- ${names[0]}\n+++ ${names[1]}\n[too different to compare line by line; see the file itself]\n`;
  return visible(text);
}

function inOrder(files: PackageFiles): [string, Uint8Array][] {
  return [...files].sort(([one], [other]) => (one < other ? -1 : 1));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
