/** What a folder holds. */
import { readdir } from "node:fs/promises";

/** Names of the files and folders in it, in no order; none if it is not there. Other failures are thrown. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
}
