/** Exit codes of the automem command, and how a thrown value becomes one. */
import { AutomemError, ConfigError, messageOf } from "../core/errors.ts";

export const exitCodes = {
  ok: 0,
  /** A check failed, an episode is owed, a server or plugin did not do its work. */
  failed: 1,
  /** Wrong usage or settings. */
  usage: 2,
  /** `reproduce`: something could not be done again; nothing that was differs. */
  notDoneAgain: 3,
  /** A fault of automem itself. */
  bug: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

/** What to print for a fault, and the exit code. An unknown fault keeps its stack. */
export function describeFault(thrown: unknown): { text: string; exitCode: number } {
  if (thrown instanceof ConfigError) return { text: `error: ${thrown.message}`, exitCode: exitCodes.usage };
  if (thrown instanceof AutomemError) return { text: `error: ${thrown.message}`, exitCode: exitCodes.failed };
  if (thrown instanceof Error && thrown.name === "AbortError")
    return { text: "Stopped.", exitCode: exitCodes.interrupted };
  const stack = thrown instanceof Error ? (thrown.stack ?? messageOf(thrown)) : messageOf(thrown);
  return { text: `automem has a bug; please report this:\n${stack}`, exitCode: exitCodes.bug };
}
