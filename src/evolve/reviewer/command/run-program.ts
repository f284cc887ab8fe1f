/** Runs an external reviewer once, in its folder and if it can be had in a jail, and takes back what it left. */
import { dirname, join } from "node:path";
import { ConfigError, ProviderError } from "../../../core/errors.ts";
import { type Jail, type JailMount, jailArguments } from "../../../platform/jail.ts";
import { CommandError, runCommand } from "../../../platform/run-command.ts";
import type { ReviewSpending, ReviewTask } from "../reviewer.ts";
import type { FoundProgram, Program } from "./program.ts";
import { BadResult, type LeftResult, readResult } from "./read-result.ts";
import { insideFolder, type ReviewFolder } from "./review-folder.ts";
import type { CommandSettings } from "./settings.ts";

export interface ProgramRun {
  program: Program;
  found: FoundProgram;
  settings: CommandSettings;
  jail: Jail;
  network: "allow" | "deny";
  /** The variables named in the settings, with PATH. */
  environment: Readonly<Record<string, string>>;
  folder: ReviewFolder;
  task: ReviewTask;
  timeoutMs: number;
}

export type RunEnd =
  | { kind: "left"; left: LeftResult; usage?: ReviewSpending | undefined }
  | { kind: "none"; code: "no-proposal" | "out-of-time"; reason: string };

const OUTPUT_LIMIT = 16 * 1024 * 1024;
const INSIDE_HOME = "/home/reviewer";

/** Throws `ConfigError` (`no-program`) or, if it was stopped, `ProviderError` `cancelled`: the run is then owed. */
export async function runProgram(run: ProgramRun): Promise<RunEnd> {
  const { program, task, timeoutMs, folder } = run;
  const secrets = Object.entries(run.environment).filter(([name]) => name !== "PATH");
  const hide = (text: string): string =>
    withoutSecrets(
      text,
      secrets.map(([, value]) => value),
    );
  let stdout: string;
  try {
    // Its figures in the end are for us, not for the screen.
    const onLine = (line: string) => {
      if (line.trim() !== "" && !line.startsWith('{"')) task.onProgress?.(hide(line).slice(0, 200));
    };
    const limits = { timeoutMs, signal: task.signal, outputLimit: OUTPUT_LIMIT, leaveNothing: true };
    stdout = await runCommand({ ...startOf(run), ...limits, onLine });
  } catch (fault) {
    if (!(fault instanceof CommandError)) throw fault;
    return endOf(fault, run, hide);
  }
  try {
    const left = await readResult(folder.path);
    return { kind: "left", left, usage: left.usage ?? program.readUsage(stdout) };
  } catch (fault) {
    if (!(fault instanceof BadResult)) throw fault;
    return {
      kind: "none",
      code: "no-proposal",
      reason: `Nothing was taken back from ${program.name}: ${fault.message}`,
    };
  }
}

function endOf(fault: CommandError, { program, timeoutMs }: ProgramRun, hide: (text: string) => string): RunEnd {
  const last = fault.tail === "" ? "" : ` Last lines:\n${hide(fault.tail)}`;
  switch (fault.fault) {
    case "cancelled":
      throw new ProviderError(`${program.name} was stopped.`, { code: "cancelled" });
    case "not-found":
      throw new ConfigError(`${program.name}: ${fault.message}`, { code: "no-program", cause: fault });
    case "timeout": {
      const reason = `${program.name} did not end within ${Math.round(timeoutMs / 1000)} seconds.${last}`;
      return { kind: "none", code: "out-of-time", reason };
    }
    case "output-too-large":
      return {
        kind: "none",
        code: "no-proposal",
        reason: `${program.name} printed more than ${OUTPUT_LIMIT} characters.`,
      };
    case "failed": {
      const how = fault.exitCode === null ? "was ended by a signal" : `ended with code ${fault.exitCode}`;
      return { kind: "none", code: "no-proposal", reason: `${program.name} ${how}.${last}` };
    }
  }
}

function startOf({ program, found, settings, jail, network, environment, folder, task }: ProgramRun) {
  const { turns, seconds } = task.limits;
  const variables = {
    ...environment,
    ...program.variables,
    LANG: "C.UTF-8",
    TERM: "dumb",
    AUTOMEM_REVIEW_KEY: task.key,
    AUTOMEM_REVIEW_TURNS: String(turns),
    AUTOMEM_REVIEW_SECONDS: String(seconds),
  };
  const args = program.args({ turns });
  if (jail.kind === "none") {
    const env = { ...variables, HOME: join(folder.path, "home"), TMPDIR: join(folder.path, "tmp") };
    return { command: found.path, args, env, cwd: folder.path };
  }
  const readable = settings.readable.map((path): JailMount => ({ from: path, to: path }));
  return {
    command: jail.program,
    args: jailArguments({
      command: found.path,
      args,
      cwd: insideFolder,
      home: INSIDE_HOME,
      mounts: [...programMounts(found), ...readable, ...folder.mounts],
      network: network === "allow",
    }),
    env: { ...variables, HOME: INSIDE_HOME, TMPDIR: "/tmp" },
    cwd: dirname(folder.path),
  };
}

/** The program's own file, where it does not lie among the system's programs. */
function programMounts({ path, realPath }: FoundProgram): JailMount[] {
  const own = [...new Set([path, realPath])].filter((file) => !/^\/(usr|bin|sbin|opt|nix)\//.test(file));
  return own.map((file) => ({ from: realPath, to: file }));
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 6)
    .reduce((shown, secret) => shown.replaceAll(secret, "(hidden)"), text);
}
