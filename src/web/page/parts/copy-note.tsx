/** In a static copy: what it is of, and from when. */
import { leftOutLines } from "../../../app/copy/about.ts";
import { source } from "../source.ts";
import { when } from "./texts.ts";

export function CopyNote() {
  const { copy } = source();
  if (copy === undefined) return null;
  return (
    <div class="copynote" role="note">
      <p>
        A copy made on {when(copy.made)} by automem {copy.version} of {copy.of}. It stays as it was then.
      </p>
      {leftOutLines(copy.leftOut).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}
