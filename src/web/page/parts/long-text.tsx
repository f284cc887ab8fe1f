/** A text of any length: a long one is shown a part at a time, so that one of millions of characters does not hold up the page. */
import { useState } from "preact/hooks";
import { grouped } from "../../../app/units.ts";
import { count } from "./texts.ts";

/** Characters of one part. */
const partCharacters = 20_000;
/** What may stand within a line. */
const inlineCharacters = 2_000;

/** As it is, lines kept. */
export function LongText({ text }: { text: string }) {
  const { from, to, turn } = usePart(text);
  const part = from === 0 && to === text.length ? text : text.slice(from, to);
  return (
    <>
      <pre class="text">{part === "" ? " " : part}</pre>
      {text.length > partCharacters && (
        <nav class="controls" aria-label="Parts of the text">
          <button type="button" disabled={from === 0} onClick={() => turn(0)} aria-label="First part">
            |◀
          </button>
          <button
            type="button"
            disabled={from === 0}
            onClick={() => turn(from - partCharacters)}
            aria-label="Part before"
          >
            ◀
          </button>
          <span class="faint" aria-live="polite">
            characters {grouped(from + 1)} to {grouped(to)} of {grouped(text.length)}
          </span>
          <button type="button" disabled={to === text.length} onClick={() => turn(to)} aria-label="Next part">
            ▶
          </button>
          <button
            type="button"
            disabled={to === text.length}
            onClick={() => turn(Math.floor((text.length - 1) / partCharacters) * partCharacters)}
            aria-label="Last part"
          >
            ▶|
          </button>
        </nav>
      )}
    </>
  );
}

/** Within a line: its beginning, and all of it when asked for; `closed` where that would be a button within a button. */
export function LineText({ text, closed = false }: { text: string; closed?: boolean }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= inlineCharacters) return <>{text}</>;
  if (whole) return <LongText text={text} />;
  const to = characterEnd(text, inlineCharacters);
  const more = `and ${count(text.length - to, "more character")}`;
  return (
    <>
      {text.slice(0, to)}{" "}
      {closed ? (
        <span class="badge">{more}</span>
      ) : (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {more}
        </button>
      )}
    </>
  );
}

function usePart(text: string): { from: number; to: number; turn: (from: number) => void } {
  const [turned, setTurned] = useState({ text, from: 0 });
  // Another text begins at its beginning.
  const from = turned.text === text ? turned.from : 0;
  return {
    from,
    to: characterEnd(text, from + partCharacters),
    turn: (wanted) => setTurned({ text, from: characterEnd(text, Math.max(0, wanted)) }),
  };
}

/** `at`, or one less where that would cut a pair of halves; never behind the end. */
function characterEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const isHigh = /[\ud800-\udbff]/.test(text[at - 1] ?? "");
  return isHigh && /[\udc00-\udfff]/.test(text[at] ?? "") ? at - 1 : at;
}
