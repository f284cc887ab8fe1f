/**
 * A jail for programs that are not trusted: bubblewrap, where it is installed and the system lets it work. Inside there are the system's own
 * programs, the folders named here and nothing else of the disk; no network unless it is asked for; no user but a nameless one; and no process
 * outlives it. Flags: bubblewrap's manual page, bwrap(1), version 0.8.
 */
import { tmpdir } from "node:os";
import { CommandError, runCommand } from "./run-command.ts";

export type Jail =
  | { kind: "bubblewrap"; program: string; version: string }
  /** `reason`: why there is none, with what to do. */
  | { kind: "none"; reason: string };

/** A file or folder of the disk, and where it stands inside. */
export interface JailMount {
  from: string;
  /** Absolute. */
  to: string;
  writable?: boolean | undefined;
}

export interface JailSpec {
  command: string;
  args: readonly string[];
  /** Working folder inside; it is there, empty and forgotten in the end, beside what is mounted in it. */
  cwd: string;
  /** Home folder inside, as `cwd`. */
  home: string;
  mounts: readonly JailMount[];
  network: boolean;
}

const TRIAL_TIMEOUT_MS = 10_000;
/** The nameless user; files that it writes belong to whoever runs automem. */
const USER_ID = "65534";

/** The system's programs and libraries. What a system does not have is left out. */
const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store"];
/** Of the system's settings, only what programs need to start and to find a server. */
const systemFiles = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"];
const networkFiles = [
  "/etc/resolv.conf",
  "/etc/hosts",
  "/etc/nsswitch.conf",
  "/etc/ssl",
  "/etc/ca-certificates",
  "/etc/pki",
];

/** Looks for bubblewrap and tries it, for many systems forbid what it needs. `path`: as in PATH. */
export async function findJail(path = process.env.PATH ?? ""): Promise<Jail> {
  if (process.platform !== "linux") return { kind: "none", reason: "bubblewrap exists on Linux only" };
  const program = Bun.which("bwrap", { PATH: path });
  if (program === null)
    return { kind: "none", reason: 'bubblewrap is not installed (the package is called "bubblewrap")' };
  const trial: JailSpec = { command: "true", args: [], cwd: "/task", home: "/home/user", mounts: [], network: false };
  const run = (args: readonly string[]) =>
    runCommand({ command: program, args, env: { PATH: path }, cwd: tmpdir(), timeoutMs: TRIAL_TIMEOUT_MS });
  try {
    const version = (await run(["--version"])).trim().replace(/^bubblewrap\s+/, "");
    await run(jailArguments(trial));
    return { kind: "bubblewrap", program, version };
  } catch (fault) {
    if (!(fault instanceof CommandError)) throw fault;
    const said = fault.tail.split("\n").at(-1) || fault.message;
    return { kind: "none", reason: `bubblewrap is installed, but does not work here: ${said}` };
  }
}

/** The arguments of bubblewrap. Mounts come after the empty working folder, so that they may stand in it. */
export function jailArguments({ command, args, cwd, home, mounts, network }: JailSpec): string[] {
  const readOnly = [...systemFolders, ...systemFiles, ...(network ? networkFiles : [])];
  return [
    "--unshare-all",
    ...(network ? ["--share-net"] : []),
    "--die-with-parent",
    "--new-session",
    ...["--uid", USER_ID, "--gid", USER_ID],
    ...["--hostname", "jail"],
    ...readOnly.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", home, "--tmpfs", cwd],
    ...mounts.flatMap(({ from, to, writable }) => [writable === true ? "--bind" : "--ro-bind", from, to]),
    ...["--chdir", cwd, "--", command, ...args],
  ];
}
