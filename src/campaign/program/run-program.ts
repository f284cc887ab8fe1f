/** Runs an outside program once, in its folder and if it can be had in a jail, and takes back what it left. */
import { dirname, join } from "node:path";
import type { ReviewSpending } from "../../core/campaign.ts";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import { type JailMount, jailArguments } from "../../platform/jail.ts";
import { CommandError, runCommand } from "../../platform/run-command.ts";
import { BadResult } from "./left-files.ts";
import type { OpenProgram } from "./open-program.ts";
import type { FoundProgram } from "./program.ts";

/** A prepared folder, with `home/` and `tmp/` in it for a program without a jail. */
export interface WorkFolder {
  path: string;
  /** Where it stands in a jail, absolute. */
  inside: string;
  /** For a jail: what of it can be seen there. */
  mounts: JailMount[];
}

export interface ProgramRun {
  /** What it works on, in a word of letters and digits; its variable AUTOMEM_REVIEW_KEY. */
  key: string;
  /** What it is told on its command line, where it takes a prompt. */
  prompt: string;
  folder: WorkFolder;
  /** What it is told of its limits. */
  limits: { turns: number; seconds: number };
  /** What is left of the seconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** One line for the screen. */
  onProgress?: ((line: string) => void) | undefined;
}

export type ProgramEnd<Left> =
  | { kind: "left"; left: Left; usage?: ReviewSpending | undefined }
  | { kind: "none"; code: "no-result" | "out-of-time"; reason: string };

const OUTPUT_LIMIT = 16 * 1024 * 1024;
const INSIDE_HOME = "/home/reviewer";

/**
 * `read`: what it left in its folder; throws `BadResult` where that cannot be used. Throws `ConfigError` (`no-program`) or, if it was stopped,
 * `ProviderError` `cancelled`: the run is then owed.
 */
export async function runProgram<Left extends { usage?: ReviewSpending | undefined }>(
  opened: OpenProgram,
  run: ProgramRun,
  read: (folder: string) => Promise<Left>,
): Promise<ProgramEnd<Left>> {
  const { program } = opened;
  const { timeoutMs, folder, signal, onProgress } = run;
  const secrets = Object.entries(opened.environment).filter(([name]) => name !== "PATH");
  const hide = (text: string): string =>
    withoutSecrets(
      text,
      secrets.map(([, value]) => value),
    );
  let stdout: string;
  try {
    // Its figures in the end are for us, not for the screen.
    const onLine = (line: string) => {
      if (line.trim() !== "" && !line.startsWith('{"')) onProgress?.(hide(line).slice(0, 200));
    };
    const limits = { timeoutMs, signal, outputLimit: OUTPUT_LIMIT, leaveNothing: true };
    stdout = await runCommand({ ...startOf(opened, run), ...limits, onLine });
  } catch (fault) {
    if (!(fault instanceof CommandError)) throw fault;
    return endOf(fault, program.name, timeoutMs, hide);
  }
  try {
    const left = await read(folder.path);
    return { kind: "left", left, usage: left.usage ?? program.readUsage(stdout) };
  } catch (fault) {
    if (!(fault instanceof BadResult)) throw fault;
    return { kind: "none", code: "no-result", reason: `Nothing was taken back from ${program.name}: ${fault.message}` };
  }
}

function endOf(
  fault: CommandError,
  name: string,
  timeoutMs: number,
  hide: (text: string) => string,
): ProgramEnd<never> {
  const last = fault.tail === "" ? "" : ` Last lines:\n${hide(fault.tail)}`;
  switch (fault.fault) {
    case "cancelled":
      throw new ProviderError(`${name} was stopped.`, { code: "cancelled" });
    case "not-found":
      throw new ConfigError(`${name}: ${fault.message}`, { code: "no-program", cause: fault });
    case "timeout": {
      const reason = `${name} did not end within ${Math.round(timeoutMs / 1000)} seconds.${last}`;
      return { kind: "none", code: "out-of-time", reason };
    }
    case "output-too-large":
      return { kind: "none", code: "no-result", reason: `${name} printed more than ${OUTPUT_LIMIT} characters.` };
    case "failed": {
      const how = fault.exitCode === null ? "was ended by a signal" : `ended with code ${fault.exitCode}`;
      return { kind: "none", code: "no-result", reason: `${name} ${how}.${last}` };
    }
  }
}

function startOf({ program, found, settings, jail, network, environment }: OpenProgram, run: ProgramRun) {
  const { key, prompt, folder } = run;
  const { turns, seconds } = run.limits;
  const variables = {
    ...environment,
    ...program.variables,
    LANG: "C.UTF-8",
    TERM: "dumb",
    AUTOMEM_REVIEW_KEY: key,
    AUTOMEM_REVIEW_TURNS: String(turns),
    AUTOMEM_REVIEW_SECONDS: String(seconds),
  };
  const args = program.args({ prompt, turns });
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
      cwd: folder.inside,
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
