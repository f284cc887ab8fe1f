/**
 * The child processes that are alive. When this process ends, by itself or by SIGINT, SIGTERM or SIGHUP, they are killed with their
 * whole process groups. Against SIGKILL of this process see `dieWithHost` in child-process.ts; besides, a child sees its stdin end.
 */

const fatalSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const livePids = new Set<number>();

/** Adds a child that leads its own process group. Its pid must be removed with `forgetChild` once it has exited. */
export function rememberChild(pid: number): void {
  if (livePids.size === 0) listen();
  livePids.add(pid);
}

export function forgetChild(pid: number): void {
  if (livePids.delete(pid) && livePids.size === 0) unlisten();
}

/** Pids of children not yet exited. For tests and for reports of what is running. */
export function liveChildren(): readonly number[] {
  return [...livePids];
}

/**
 * Sends a signal to a child and all of its process group. False if none of them is left.
 * On Windows there are no groups; the child alone is ended.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // EPERM: macOS says so for a group whose last members are zombies.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw cause;
  }
}

function killAll(): void {
  for (const pid of livePids) signalGroup(pid, "SIGKILL");
}

/** Where the program has a handler of its own, that one decides; its `process.exit` brings `killAll`. */
function onFatalSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  unlisten();
  process.kill(process.pid, signal);
}

function listen(): void {
  process.on("exit", killAll);
  for (const signal of fatalSignals) process.on(signal, onFatalSignal);
}

function unlisten(): void {
  process.off("exit", killAll);
  for (const signal of fatalSignals) process.off(signal, onFatalSignal);
}
