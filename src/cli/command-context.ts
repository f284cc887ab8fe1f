/** What every command is given. */
import type { Terminal } from "./terminal.ts";

export interface CommandContext {
  environment: Record<string, string | undefined>;
  terminal: Terminal;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Set by a command that ends otherwise than well without throwing. */
  exitCode: number;
}
