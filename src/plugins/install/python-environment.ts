/** The virtual environment of a Python plugin: made by uv where it is, else by venv and pip; filled from locks with hashes only. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { attribute, messageOf, PluginError } from "../../core/errors.ts";
import { CommandError, runCommand } from "../../platform/run-command.ts";
import type { PluginFiles } from "../content-hash.ts";
import { type Environment, installerEnvironment, uvEnvironment } from "../host-environment.ts";
import { pythonIn } from "../launch.ts";
import type { InstallListener } from "./events.ts";
import { parseLock } from "./lock-file.ts";
import type { Python } from "./python-version.ts";

/** A lock as it will be installed. */
export interface LockStep {
  /** For people: `automem SDK`, `build tools`, `game`. */
  title: string;
  text: string;
  packages: number;
}

export interface PythonEnvironmentPlan {
  /** Final place of the environment; it cannot be moved later. */
  folder: string;
  python: Python;
  useUv: boolean;
  locks: readonly LockStep[];
  /** Files of the `automem_sdk` package, paths starting with `automem_sdk/`. */
  sdk: PluginFiles;
}

export interface StepContext {
  environment: Environment;
  listener: InstallListener;
  signal?: AbortSignal | undefined;
}

const minuteMs = 60_000;

/** The locks of a plugin in the order they are installed; empty ones are left out. Throws `PluginError` (`bad-lock`). */
export function lockSteps(
  sdk: PluginFiles,
  plugin: PluginFiles,
  lockPath: string | undefined,
  name: string,
): LockStep[] {
  const sources: [title: string, files: PluginFiles, path: string][] = [
    ["automem SDK", sdk, "requirements.lock"],
    ["build tools", plugin, "requirements.build.lock"],
  ];
  if (lockPath !== undefined) sources.push([name, plugin, lockPath]);
  const steps: LockStep[] = [];
  for (const [title, files, path] of sources) {
    const content = files.get(path);
    if (content === undefined) {
      if (path === "requirements.build.lock") continue;
      throw new PluginError(`The lock ${path} (${title}) is missing.`, { code: "bad-lock" });
    }
    const text = new TextDecoder().decode(content);
    const packages = parseLock(text, `${title}: ${path}`).length;
    if (packages > 0) steps.push({ title, text, packages });
  }
  return steps;
}

/** True if uv can be run. */
export async function hasUv(environment: Environment): Promise<boolean> {
  return attempt(async () => {
    await runCommand({ command: "uv", args: ["--version"], env: installerEnvironment(environment), timeoutMs: 20_000 });
  });
}

/** Throws `PluginError`: `python3-venv-missing`, `install-failed` (with the installer's last lines), `cancelled`. */
export async function makePythonEnvironment(plan: PythonEnvironmentPlan, context: StepContext): Promise<void> {
  const env = plan.useUv ? uvEnvironment(context.environment) : installerEnvironment(context.environment);
  const run = (command: string, args: readonly string[], timeoutMs: number, onLine?: (line: string) => void) =>
    runStep({ command, args, env, timeoutMs, signal: context.signal, onLine });
  const python = pythonIn(plan.folder);
  await mkdir(dirname(plan.folder), { recursive: true });

  const tool = plan.useUv ? "uv" : "venv and pip";
  context.listener({
    phase: "environment",
    message: `Making an environment with Python ${plan.python.version} (${tool})`,
  });
  if (plan.useUv) {
    await run("uv", ["venv", "--no-project", "--python", plan.python.path, plan.folder], 10 * minuteMs);
  } else {
    requireVenv(plan.python);
    await run(plan.python.path, ["-m", "venv", plan.folder], 5 * minuteMs);
  }

  const total = plan.locks.reduce((sum, lock) => sum + lock.packages, 0);
  let done = 0;
  for (const [index, lock] of plan.locks.entries()) {
    context.listener({
      phase: "packages",
      message: `Installing ${lock.packages} packages (${lock.title})`,
      done,
      total,
    });
    const file = join(dirname(plan.folder), `lock-${index}.txt`);
    await writeFile(file, lock.text);
    const onLine = (line: string) => {
      const name = /^(?:Collecting|Downloading|Using cached|Building|Prepared|\s*\+)\s+(\S+)/.exec(line)?.[1];
      if (name !== undefined) context.listener({ phase: "packages", message: `${lock.title}: ${name}`, done, total });
    };
    const shared = ["--no-deps", "--require-hashes", "--no-build-isolation"];
    await (plan.useUv
      ? run("uv", ["pip", "install", "--python", python, ...shared, "-r", file], 60 * minuteMs, onLine)
      : run(
          python,
          [
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--progress-bar",
            "off",
            ...shared,
            "-r",
            file,
          ],
          60 * minuteMs,
          onLine,
        ));
    done += lock.packages;
  }
  context.listener({ phase: "packages", message: `${total} packages installed`, done, total });
  await installSdk(plan, python, run);
}

async function installSdk(
  plan: PythonEnvironmentPlan,
  python: string,
  run: (command: string, args: readonly string[], timeoutMs: number) => Promise<string>,
): Promise<void> {
  const answer = await run(python, ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], minuteMs);
  const folder = answer.trim();
  for (const [path, content] of plan.sdk) {
    if (!path.startsWith("automem_sdk/")) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

function requireVenv(python: Python): void {
  if (python.canMakeEnvironments) return;
  const minor = python.version.split(".").slice(0, 2).join(".");
  throw new PluginError(
    `Python ${python.version} (${python.path}) cannot make environments: its venv module is missing. On Debian or Ubuntu: apt-get install python3-venv (or python${minor}-venv). Or install uv.`,
    { code: "python3-venv-missing" },
  );
}

/** A command of an installation, with its failure as a `PluginError`. */
export function runStep(spec: Parameters<typeof runCommand>[0]): Promise<string> {
  return attribute(
    () => runCommand(spec),
    (cause) => {
      const cancelled = cause instanceof CommandError && cause.fault === "cancelled";
      return new PluginError(messageOf(cause), {
        code: cancelled ? "cancelled" : "install-failed",
        cause,
        retryable: true,
      });
    },
  );
}

async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (cause) {
    if (cause instanceof CommandError) return false;
    throw cause;
  }
}
