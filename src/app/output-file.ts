/** Files that a user asked for, outside the store: written whole or not at all. */
import { resolve } from "node:path";
import { ConfigError, messageOf } from "../core/errors.ts";
import { writeAtomic } from "../platform/atomic-write.ts";

/** Writes a file, in place of one that is there; makes its folder. Throws `ConfigError` `output-path`. */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  const full = resolve(path);
  try {
    await writeAtomic(full, content);
  } catch (cause) {
    throw outputFault(cause, full);
  }
}

/** Why a file cannot be written there. */
export function outputFault(cause: unknown, path: string): ConfigError {
  return new ConfigError(`${path} cannot be written: ${messageOf(cause)}. Name a file in a folder you can write to.`, {
    code: "output-path",
    data: { path },
    cause,
  });
}
