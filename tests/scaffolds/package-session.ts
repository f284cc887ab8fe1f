/** Opens a scaffold package of the checkout in the sandbox. */
import { join } from "node:path";
import type { EpisodeContext, ScaffoldSession } from "../../src/core/scaffold.ts";
import { loadScaffold } from "../../src/scaffold/load-scaffold.ts";

const root = join(import.meta.dir, "..", "..", "scaffolds");

/** The package `scaffolds/<name>`, opened for an episode with seed 42. */
export async function openPackage(name: string, episode: EpisodeContext): Promise<ScaffoldSession> {
  const files = new Map<string, Uint8Array>();
  for await (const path of new Bun.Glob("**/*").scan({ cwd: join(root, name), onlyFiles: true })) {
    files.set(path.replaceAll("\\", "/"), await Bun.file(join(root, name, path)).bytes());
  }
  return (await loadScaffold(files)).open(episode, 42);
}
