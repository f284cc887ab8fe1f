/** Plugin folders as maps of files, and the hash that names their content. */
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PluginError } from "../core/errors.ts";
import { type Hash, hashBytes, hashJson } from "../core/hash.ts";

/** Relative path with `/` -> content. */
export type PluginFiles = ReadonlyMap<string, Uint8Array>;

/** Left out of a plugin wherever they stand: caches, environments and what version control keeps. */
const ignoredNames = new Set([
  ".git",
  ".venv",
  "venv",
  "node_modules",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".DS_Store",
]);
const sizeLimitBytes = 256 * 1024 * 1024;

/**
 * Reads a plugin folder without caches. Throws `PluginError`: `not-a-plugin` if it is no folder, `bad-source` for a symbolic link (it would mean
 * another file on another machine) or for more than 256 MiB.
 */
export async function readPluginFolder(folder: string): Promise<PluginFiles> {
  const files = new Map<string, Uint8Array>();
  let sizeBytes = 0;
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(folder, relative))).sort()) {
      if (isIgnored(name)) continue;
      const path = relative === "" ? name : `${relative}/${name}`;
      const stats = await lstat(join(folder, path));
      if (stats.isDirectory()) {
        await walk(path);
      } else if (stats.isFile()) {
        sizeBytes += stats.size;
        if (sizeBytes > sizeLimitBytes) {
          throw new PluginError(`${folder} holds more than 256 MiB; put large data into an asset.`, {
            code: "bad-source",
          });
        }
        files.set(path, new Uint8Array(await readFile(join(folder, path))));
      } else {
        throw new PluginError(`${join(folder, path)} is neither a file nor a folder; a plugin may hold nothing else.`, {
          code: "bad-source",
        });
      }
    }
  };
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) throw new PluginError(`${folder} is not a folder.`, { code: "not-a-plugin" });
  await walk("");
  return files;
}

/** Names that belong to no plugin's content. */
export function isIgnored(name: string): boolean {
  return ignoredNames.has(name) || name.endsWith(".pyc") || name.endsWith(".egg-info");
}

/** SHA-256 over the sorted paths and the hashes of their contents; neither times nor modes count. */
export function hashFiles(files: PluginFiles): Hash {
  const paths = [...files.keys()].filter((path) => !path.split("/").some(isIgnored)).sort();
  return hashJson(paths.map((path) => [path, hashBytes(files.get(path)!)]));
}

/** Writes the files under `folder`, making it. */
export async function writeFiles(folder: string, files: PluginFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** The text of a file of the plugin. Throws `PluginError` (`not-a-plugin`) if it has none of that name. */
export function fileText(files: PluginFiles, path: string, origin: string): string {
  const content = files.get(path);
  if (content === undefined) {
    throw new PluginError(`${origin} has no ${path}; is it a plugin?`, { code: "not-a-plugin" });
  }
  return new TextDecoder().decode(content);
}
