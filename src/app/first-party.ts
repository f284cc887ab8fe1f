/**
 * The plugins, scaffolds, seed sets and pages that come with automem. In the compiled binary they are one embedded tar archive;
 * run from a checkout they are read from its folders. Both give the same files, so the same content hashes.
 */
import { join } from "node:path";
import { ConfigError } from "../core/errors.ts";

/** Path relative to the repository (`plugins/crafter/plugin.json`) to content. */
export type FileMap = Map<string, Uint8Array>;

/** Name of the archive that `scripts/build.ts` embeds. */
export const archiveName = "first-party.tar";

/** Pages that automem itself hands on, to reviewers. */
const documents: ReadonlySet<string> = new Set(["docs/scaffolds.md"]);

const leftOut = /(^|\/)(node_modules|__pycache__|\.[^/]+|[^/]+\.egg-info|build|dist)(\/|$)|\.pyc$/;

let loaded: Promise<FileMap> | undefined;

/** All first-party files; read once. */
export function firstPartyFiles(): Promise<FileMap> {
  loaded ??= load();
  return loaded;
}

/** The files below a folder such as `plugins/crafter`, by path relative to it. Empty if there is no such folder. */
export async function firstPartyFolder(folder: string): Promise<FileMap> {
  const prefix = `${folder}/`;
  const found: FileMap = new Map();
  for (const [path, content] of await firstPartyFiles()) {
    if (path.startsWith(prefix)) found.set(path.slice(prefix.length), content);
  }
  return found;
}

/** Names of the folders right below `plugins`, `scaffolds` or `seeds`, sorted. */
export async function firstPartyNames(kind: "plugins" | "scaffolds" | "seeds"): Promise<string[]> {
  const names = new Set<string>();
  for (const path of (await firstPartyFiles()).keys()) {
    const [top, name, rest] = path.split("/");
    if (top === kind && name && rest) names.add(name);
  }
  return [...names].sort();
}

/** Reads the first-party folders of a checkout. */
export async function readCheckout(root: string): Promise<FileMap> {
  const files: FileMap = new Map();
  const paths: string[] = [];
  for await (const path of new Bun.Glob("{plugins,scaffolds,seeds,docs}/**/*").scan({
    cwd: root,
    onlyFiles: true,
    dot: true,
    // What two scaffolds share stands in one of them.
    followSymlinks: true,
  })) {
    const normal = path.replaceAll("\\", "/");
    if (!leftOut.test(normal) && (!normal.startsWith("docs/") || documents.has(normal))) paths.push(normal);
  }
  for (const path of paths.sort()) files.set(path, await Bun.file(join(root, path)).bytes());
  return files;
}

async function load(): Promise<FileMap> {
  const embedded = Bun.embeddedFiles.find((file) => (file as Blob & { name: string }).name === archiveName);
  if (!embedded) return readCheckout(join(import.meta.dir, "..", ".."));
  const archive = new Bun.Archive(await embedded.bytes());
  const files: FileMap = new Map();
  for (const [path, file] of await archive.files()) files.set(path, new Uint8Array(await file.arrayBuffer()));
  if (files.size === 0)
    throw new ConfigError("This automem binary carries no plugins: it was built wrongly.", { code: "bad-build" });
  return files;
}
