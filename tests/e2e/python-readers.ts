/** A Python environment with the programs that read automem's exports, made once under .cache/ (100 MB; it needs a package index). */
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const requirements = join(import.meta.dir, "readers.requirements.txt");

/** Its Python, or why there is none. */
export async function pythonReaders(): Promise<{ python: string } | { reason: string }> {
  const wanted = await Bun.file(requirements).text();
  const folder = join(root, ".cache", "readers");
  const mark = join(folder, "installed.txt");
  const python = join(folder, "bin", "python");
  if (existsSync(python) && existsSync(mark) && (await Bun.file(mark).text()) === wanted) return { python };
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(root, ".cache"), { recursive: true });
  for (const command of [
    ["python3", "-m", "venv", folder],
    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
  ]) {
    if (Bun.which(command[0]!) === null) return { reason: `${command[0]} is not installed` };
    const { exitCode, stderr } = Bun.spawnSync(command, { cwd: root });
    if (exitCode === 0) continue;
    const last = stderr.toString().trim().split("\n").at(-1);
    return { reason: `inspect_ai and pyarrow cannot be installed: ${last}` };
  }
  await Bun.write(mark, wanted);
  return { python };
}
