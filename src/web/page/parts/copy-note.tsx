/** In a static copy: what it is of, and from when. */
import { source } from "../source.ts";
import { when } from "./texts.ts";

export function CopyNote() {
  const { copy } = source();
  if (copy === undefined) return null;
  return (
    <p class="copynote" role="note">
      A copy made on {when(copy.made)} by automem {copy.version} of {copy.of}. It stays as it was then.
    </p>
  );
}
