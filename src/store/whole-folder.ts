/** Folders of the store that appear with what they hold, or not at all. */
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "../platform/atomic-write.ts";
import { storeFault } from "./fault.ts";

/** `fill` writes into a folder beside, which is then renamed. `what` continues "Cannot make ...". Throws `StoreError`. */
export async function makeWholeFolder(
  folder: string,
  what: string,
  fill: (beside: string) => Promise<void>,
): Promise<void> {
  const beside = `${folder}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await fill(beside);
    await rename(beside, folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw storeFault(cause, `make ${what}`, folder);
  }
}
