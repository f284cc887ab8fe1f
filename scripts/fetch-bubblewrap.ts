/**
 * Brings bubblewrap for the tests of the jail: the system's own, or else Debian's package, unpacked beside the tests and not installed.
 *
 *   bun scripts/fetch-bubblewrap.ts        prints the path of the program
 *
 * Where it cannot be had, one line says why and the exit code is 3.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { printBuild } from "./cached-build.ts";
import { runTool } from "./llama-cpp-sdist.ts";

await printBuild("bubblewrap", fetchBubblewrap);

async function fetchBubblewrap(say: (line: string) => void): Promise<string> {
  const own = Bun.which("bwrap");
  if (own !== null) return own;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "automem-tests", "bubblewrap");
  const kept = join(folder, "usr", "bin", "bwrap");
  if (await Bun.file(kept).exists()) return kept;
  for (const tool of ["apt-get", "dpkg-deb"]) if (Bun.which(tool) === null) throw new Error(`${tool} is not installed`);
  const scratch = await mkdtemp(join(tmpdir(), "automem-bubblewrap-"));
  try {
    say("bubblewrap: fetching Debian's package");
    await download(scratch);
    const [file] = (await readdir(scratch)).filter((name) => name.endsWith(".deb"));
    if (file === undefined) throw new Error("apt-get brought no package");
    await mkdir(folder, { recursive: true });
    await runTool(["dpkg-deb", "-x", join(scratch, file), folder]);
    return kept;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The list of packages may be missing or old; only then it is brought up to date, which needs root. */
async function download(folder: string): Promise<void> {
  const fetchPackage = () => runTool(["env", "-C", folder, "apt-get", "download", "bubblewrap"]);
  try {
    await fetchPackage();
  } catch {
    // Whatever it was, a fresh list is the only thing that can be tried.
    await runTool(["apt-get", "update", "-qq"]);
    await fetchPackage();
  }
}
