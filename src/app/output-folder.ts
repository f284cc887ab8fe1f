/** A folder that a user asked for, outside the store: written whole or not at all, and never over something else. */
import { existsSync } from "node:fs";
import { mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, messageOf } from "../core/errors.ts";

/**
 * `fill` writes into a folder beside, which then takes the place of `path`; if it fails nothing is left and what was there stays. What is
 * there may be nothing, an empty folder, or a former one: `marker` and no other names than `names`. Throws `ConfigError` (`output-folder`);
 * what `fill` throws passes through.
 */
export async function fillOutputFolder(
  path: string,
  { marker, names, what }: { marker: string; names: readonly string[]; what: string },
  fill: (beside: string) => Promise<void>,
): Promise<string> {
  const full = await realpath(path).catch(() => resolve(path));
  await refuseOthers(full, marker, names, what);
  const own = `${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
  const [beside, before] = [`${full}.${own}.tmp`, `${full}.${own}.old`];
  try {
    await attributed(full, () => mkdir(beside, { recursive: true }));
    await fill(beside);
    // Someone may have put something there meanwhile.
    await refuseOthers(full, marker, names, what);
    await attributed(full, () => exchange(full, beside, before));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  await rm(before, { recursive: true, force: true });
  return full;
}

async function refuseOthers(full: string, marker: string, names: readonly string[], what: string): Promise<void> {
  let found: string[];
  try {
    found = await readdir(full, { encoding: "utf8" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw fault(full, messageOf(cause), cause);
  }
  if (found.length === 0) return;
  if (!found.includes(marker)) throw fault(full, `it is not empty, and not ${what}`);
  const other = found.find((name) => !names.includes(name));
  if (other !== undefined) throw fault(full, `besides ${what} it holds ${join(full, other)}, which would be lost`);
}

async function attributed(full: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw fault(full, messageOf(cause), cause);
  }
}

/** `beside` takes the place of `full`, which is called `before` from then on, if there is one. */
async function exchange(full: string, beside: string, before: string): Promise<void> {
  const present = existsSync(full);
  if (present) await rename(full, before);
  try {
    await rename(beside, full);
  } catch (cause) {
    if (present) await rename(before, full);
    throw cause;
  }
}

function fault(full: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(`The folder ${full} cannot be written: ${why}. Name a new folder, or an empty one.`, {
    code: "output-folder",
    data: { path: full },
    cause,
  });
}
