/**
 * Runs the compiled binary as a user would. `bun run verify` builds it and prepares AUTOMEM_TEST_HOME (plugins and a model installed);
 * without them the tests that need them are skipped, with the reason in their title.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");

export const binary = join(root, "dist", process.platform === "win32" ? "automem.exe" : "automem");
export const preparedHome = process.env.AUTOMEM_TEST_HOME;

/** Undefined if the suite can run; else why it is skipped. */
export function missing(...plugins: string[]): string | undefined {
  if (!existsSync(binary)) return "dist/automem is not built: bun run build";
  if (plugins.length === 0) return undefined;
  if (!preparedHome) return "AUTOMEM_TEST_HOME is not set: bun run verify prepares it";
  const absent = plugins.filter((name) => !existsSync(join(preparedHome, "plugins", name, "installed.json")));
  return absent.length > 0 ? `plugins are not installed in AUTOMEM_TEST_HOME: ${absent.join(", ")}` : undefined;
}

/** Title of a suite, with the reason where it is skipped. */
export function titled(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A folder of its own with a home in it; the plugins and models of the prepared home are linked into it. */
export class Sandbox {
  readonly folder: string;
  readonly home: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.home = join(folder, "home");
  }

  static async make(options: { prepared?: boolean } = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), "automem-e2e-")));
    await mkdir(sandbox.home);
    if (options.prepared && preparedHome) {
      for (const part of ["plugins", "models"]) await symlink(join(preparedHome, part), join(sandbox.home, part));
    }
    return sandbox;
  }

  async write(path: string, content: unknown): Promise<string> {
    const full = join(this.folder, path);
    await writeFile(full, typeof content === "string" ? content : JSON.stringify(content));
    return full;
  }

  environment(extra: Record<string, string | undefined> = {}): Record<string, string | undefined> {
    return { ...process.env, AUTOMEM_HOME: this.home, CI: "true", ...extra };
  }

  start(words: string[], extra: Record<string, string | undefined> = {}): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    return Bun.spawn([binary, ...words], {
      cwd: this.folder,
      env: this.environment(extra),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  async run(...words: string[]): Promise<Finished> {
    return finished(this.start(words));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a process and collects what it printed. */
export async function finished(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<Finished> {
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}
