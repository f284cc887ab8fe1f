/** Packages of the checkout, read as automem reads a folder. */
import { join } from "node:path";
import { readPackageFolder } from "../../src/app/scaffolds.ts";
import type { EpisodeContext, ScaffoldSession } from "../../src/core/scaffold.ts";
import { type LoadedScaffold, loadScaffold } from "../../src/scaffold/load-scaffold.ts";

const root = join(import.meta.dir, "..", "..", "scaffolds");

/** The package `scaffolds/<name>`. */
export async function loadPackage(name: string): Promise<LoadedScaffold> {
  return loadScaffold(await readPackageFolder(join(root, name)));
}

/** The same, opened in the sandbox for an episode with seed 42. */
export async function openPackage(name: string, episode: EpisodeContext): Promise<ScaffoldSession> {
  return (await loadPackage(name)).open(episode, 42);
}
