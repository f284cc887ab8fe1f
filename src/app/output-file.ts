/** Files that a user asked for, outside the store: written whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigError, messageOf } from "../core/errors.ts";

/** Writes a file, in place of one that is there; makes its folder. Throws `ConfigError` `output-path`. */
export function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  return fillOutput(path, async (beside) => void (await Bun.write(beside, content)));
}

/**
 * The same for a file that is written bit by bit: `fill` writes it under the name it is given, and it gets its own name when that is done. If
 * `fill` fails nothing is left. System errors become `ConfigError` `output-path`; others pass through.
 */
export async function fillOutput(path: string, fill: (beside: string) => Promise<void>): Promise<void> {
  const full = resolve(path);
  const beside = `${full}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(full), { recursive: true });
  } catch (cause) {
    throw outputFault(cause, full);
  }
  try {
    await fill(beside);
    const file = await open(beside, "r+");
    await file.sync().finally(() => file.close());
    await rename(beside, full);
  } catch (cause) {
    await rm(beside, { force: true });
    throw isSystemError(cause) ? outputFault(cause, full) : cause;
  }
}

/** True for what the operating system says about files; a fault of the store or a bug is none. */
function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && "syscall" in thrown && "code" in thrown;
}

/** Why a file cannot be written there. */
function outputFault(cause: unknown, path: string): ConfigError {
  return new ConfigError(`${path} cannot be written: ${messageOf(cause)}. Name a file in a folder you can write to.`, {
    code: "output-path",
    data: { path },
    cause,
  });
}
