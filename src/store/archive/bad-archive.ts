/** The error for an archive that is not taken in. */
import { StoreError } from "../../core/errors.ts";

/** `path` is the archive's; `found` says what is wrong, without a full stop. */
export function badArchive(path: string, found: string, cause?: unknown): StoreError {
  return new StoreError(`${path} is not taken in: ${found}. Nothing was changed.`, {
    code: "bad-archive",
    data: { path },
    cause,
  });
}
