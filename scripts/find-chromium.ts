/**
 * Brings Chromium for the tests of the page: the system's own, or else Debian's package, which needs root.
 *
 *   bun scripts/find-chromium.ts           prints the path of the program
 *
 * Where it cannot be had, one line says why and the exit code is 3.
 */
import { printBuild } from "./cached-build.ts";
import { runTool } from "./llama-cpp-sdist.ts";

const names = ["chromium", "chromium-browser", "google-chrome"] as const;

await printBuild("Chromium", findChromium);

async function findChromium(say: (line: string) => void): Promise<string> {
  const present = installed();
  if (present !== undefined) return present;
  if (Bun.which("apt-get") === null) throw new Error("no chromium on PATH, and no apt-get to bring it");
  if (process.getuid?.() !== 0) throw new Error("no chromium on PATH; apt-get install chromium needs root");
  say("Chromium: installing Debian's package");
  const install = () => runTool(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  try {
    await install();
  } catch {
    // The list of packages may be missing or old.
    await runTool(["apt-get", "update", "-qq"]);
    await install();
  }
  const path = installed();
  if (path === undefined) throw new Error("apt-get installed chromium, but it is not on PATH");
  return path;
}

function installed(): string | undefined {
  return names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;
}
