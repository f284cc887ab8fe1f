/**
 * Builds the llama-server that the tests use, from llama.cpp's sources, into a cache folder. Run again, it finds it there.
 *
 *   bun scripts/build-llama-server.ts      prints the path of the binary
 *
 * Needs cmake, ninja, a C++ compiler and python3 with pip. CPU only, one static binary. Where it cannot be built, one line says why and the
 * exit code is 3.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { isUsable, keepBuild, printBuild } from "./cached-build.ts";
import { gently, LLAMA_CPP_VERSION, runTool, unpackLlamaCpp, usefulCpuFlags } from "./llama-cpp-sdist.ts";

/** OpenMP's threads spin while they wait, which costs most on the busy machines that run tests. */
const OPTIONS = {
  CMAKE_BUILD_TYPE: "Release",
  BUILD_SHARED_LIBS: "OFF",
  GGML_NATIVE: "OFF",
  GGML_OPENMP: "OFF",
  GGML_CCACHE: "OFF",
  LLAMA_CURL: "OFF",
  LLAMA_OPENSSL: "OFF",
  LLAMA_BUILD_TESTS: "OFF",
  LLAMA_BUILD_EXAMPLES: "OFF",
  LLAMA_BUILD_APP: "OFF",
  LLAMA_USE_PREBUILT_UI: "OFF",
};

/** Where the binary is kept. */
export function llamaServerCachePath(env: Record<string, string | undefined> = process.env): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "automem-tests", `llama-server-${LLAMA_CPP_VERSION}`, "llama-server");
}

/** The path of a binary that runs on this machine, built if need be. Throws with the reason when it cannot be built. */
export async function buildLlamaServer(say: (line: string) => void, binary = llamaServerCachePath()): Promise<string> {
  const cpuFlags = await usefulCpuFlags();
  if (await isUsable(binary, cpuFlags)) return binary;
  for (const tool of ["cmake", "ninja", "g++", "tar", "python3"]) {
    if (Bun.which(tool) === null) throw new Error(`${tool} is not installed`);
  }
  const scratch = await mkdtemp(join(tmpdir(), "automem-llama-server-"));
  try {
    say("llama-server: fetching sources");
    const sources = join(scratch, "sources");
    await unpackLlamaCpp(scratch, sources, { wanted: ["*/llama.cpp/*"], strip: 2 });
    say("llama-server: compiling, five to fifteen minutes");
    const built = await compile(sources, join(scratch, "build"), cpuFlags);
    await keepBuild(built, binary, { version: LLAMA_CPP_VERSION, cpuFlags });
    return binary;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compile(sources: string, folder: string, cpuFlags: readonly string[]): Promise<string> {
  const options = { ...OPTIONS, ...Object.fromEntries(cpuFlags.map((flag) => [`GGML_${flag.toUpperCase()}`, "ON"])) };
  const settings = Object.entries(options).map(([name, value]) => `-D${name}=${value}`);
  await runTool(gently(["cmake", "-G", "Ninja", "-S", sources, "-B", folder, ...settings]));
  await runTool(gently(["ninja", "-C", folder, "llama-server"]));
  const built = join(folder, "bin", "llama-server");
  await runTool(["strip", built]);
  return built;
}

if (import.meta.main) await printBuild("llama-server", buildLlamaServer);
