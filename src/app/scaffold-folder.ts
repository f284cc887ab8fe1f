/** `automem scaffold new` and `export`: packages as folders. */
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { loadScaffold } from "../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../scaffold/package-files.ts";
import type { App } from "./app.ts";
import { firstPartyFiles } from "./first-party.ts";
import { writeOutput } from "./output-file.ts";
import { findPackage } from "./scaffolds.ts";

/**
 * A new package that starts as a copy of another, with what an editor and `tsc` need beside it. Returns the written paths, sorted.
 * Throws `ConfigError` (`bad-scaffold-name`, `folder-not-empty`, `unknown-scaffold`, `output-path`).
 */
export async function newScaffold(app: App, name: string, folder: string, from: string): Promise<string[]> {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw new ConfigError(`"${name}" cannot name a scaffold: use a-z, 0-9 and -, a letter first, 64 at most.`, {
      code: "bad-scaffold-name",
    });
  }
  const files = new Map(await findPackage(app, from));
  const { manifest } = await loadScaffold(files);
  const description = `Made from ${manifest.name} ${manifest.version}. ${manifest.description}`;
  files.set(
    "scaffold.json",
    bytesOf(`${JSON.stringify({ ...manifest, name, version: "0.1.0", description }, null, 2)}\n`),
  );
  for (const [path, content] of await editorAids()) files.set(path, content);
  return writePackage(folder, files);
}

/** Writes a package as it is, so that the folder has the same hash. Throws as `newScaffold`. */
export async function exportScaffold(app: App, named: string, folder: string): Promise<string[]> {
  return writePackage(folder, await findPackage(app, named));
}

/** `automem.d.ts`, and a `tsconfig.json` for the folder itself. */
async function editorAids(): Promise<PackageFiles> {
  const shipped = await firstPartyFiles();
  const settings = JSON.parse(new TextDecoder().decode(shipped.get("scaffolds/tsconfig.json"))) as object;
  const own = { ...settings, include: ["automem.d.ts", "**/*.ts"] };
  return new Map([
    ["automem.d.ts", shipped.get("scaffolds/automem.d.ts")!],
    ["tsconfig.json", bytesOf(`${JSON.stringify(own, null, 2)}\n`)],
  ]);
}

async function writePackage(folder: string, files: PackageFiles): Promise<string[]> {
  const present = await readdir(folder).catch((): string[] => []);
  if (present.length > 0) throw new ConfigError(`${folder} is not empty.`, { code: "folder-not-empty" });
  for (const [path, content] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeOutput(target, content);
  }
  return [...files.keys()].sort();
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
