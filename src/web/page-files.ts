/** The page's files by path. The compiled binary carries them; run from a checkout they are bundled when first asked for. */
import { join } from "node:path";
import { type FileMap, firstPartyFolder } from "../app/first-party.ts";

/** Folder of the built page in the binary's archive. */
export const pageFolder = "page";

/** Folder of the page of static copies there. */
export const copyFolder = "page-copy";

let loaded: Promise<FileMap> | undefined;
let loadedCopy: Promise<FileMap> | undefined;

export function pageFiles(): Promise<FileMap> {
  loaded ??= load();
  return loaded;
}

/** Files of the page of a static copy: `page.js`, `page.css`, `icon.svg`. */
export function copyFiles(): Promise<FileMap> {
  loadedCopy ??= firstPartyFolder(copyFolder).then((built) => (built.size > 0 ? built : buildCopyPage()));
  return loadedCopy;
}

/** Bundles the page of a static copy: one plain script, since a page opened from a folder may load no modules. Throws `AggregateError`. */
export async function buildCopyPage(): Promise<FileMap> {
  const folder = join(import.meta.dir, "page");
  const result = await Bun.build({
    entrypoints: [join(folder, "copy", "page.tsx")],
    target: "browser",
    format: "iife",
    minify: true,
    sourcemap: "none",
    naming: "[name].[ext]",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  if (!result.success) throw new AggregateError(result.logs, "the page of a copy could not be bundled");
  const files: FileMap = new Map([["icon.svg", await Bun.file(join(folder, "icon.svg")).bytes()]]);
  for (const output of result.outputs)
    files.set(output.path.replace(/^\.?\//, ""), new Uint8Array(await output.arrayBuffer()));
  return files;
}

/** Bundles the page. Throws `AggregateError` with what the bundler found. */
export async function buildPage(): Promise<FileMap> {
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "page", "index.html")],
    target: "browser",
    minify: true,
    // Views that are loaded later (page/later.tsx) are files of their own.
    splitting: true,
    sourcemap: "none",
    // Views have addresses of their own, at any depth.
    publicPath: "/",
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  if (!result.success) throw new AggregateError(result.logs, "the page could not be bundled");
  const files: FileMap = new Map();
  for (const output of result.outputs) {
    files.set(output.path.replace(/^\.?\//, ""), new Uint8Array(await output.arrayBuffer()));
  }
  return files;
}

async function load(): Promise<FileMap> {
  const built = await firstPartyFolder(pageFolder);
  return built.size > 0 ? built : buildPage();
}
