/** Files of a memory folder line by line, with what is there on one side only: of a step and the one before, or of two episodes. */
import { useEffect, useState } from "preact/hooks";
import type { ShownStep } from "../steps.ts";
import { LineText } from "./long-text.tsx";
import { Pager } from "./pager.tsx";

export type ShownFile = ShownStep["memory"][number];
type LineKind = ShownFile["lines"][number]["kind"];

/** How the sides are called to who cannot see the signs. */
export interface SideWords {
  added: string;
  removed: string;
  /** By change of a file; one that is not named has no badge. */
  badges: Partial<Record<ShownFile["change"], string>>;
}

export function FileLines({
  file: { file, change, lines },
  words,
  line,
}: {
  file: ShownFile;
  words: SideWords;
  /** What a click on a line does; absent: it cannot be clicked. */
  line?: { title: string; isChosen(text: string): boolean; choose(text: string): void };
}) {
  const badge = words.badges[change];
  const [turned, setTurned] = useState<number>();
  const firstChange = lines.findIndex(({ kind }) => kind !== "same");
  // What changed comes into sight, however long the file is.
  useEffect(() => {
    if (firstChange >= 0) setTurned(undefined);
  }, [lines]);
  const offset = Math.min(turned ?? partOf(Math.max(0, firstChange)), partOf(Math.max(0, lines.length - 1)));
  return (
    <details class="file" open={lines.length > 0}>
      <summary>
        <span class="mono">{file}</span>
        {badge !== undefined && <span class={`badge ${change === "removed" ? "bad" : "good"}`}>{badge}</span>}
        <span class="faint"> {lines.filter(({ kind }) => kind !== "removed").length} lines</span>
      </summary>
      <ol class="lines">
        {lines.slice(offset, offset + partLines).map(({ kind, text }, index) => {
          const content = (
            <>
              <span class="sign" aria-hidden="true">
                {signs[kind]}
              </span>
              {kind !== "same" && <span class="unseen">{words[kind]}: </span>}
              <LineText text={text === "" ? " " : text} closed={line !== undefined} />
            </>
          );
          return (
            <li key={index} class={kind}>
              {line === undefined ? (
                <span class="line">{content}</span>
              ) : (
                <button
                  type="button"
                  title={line.title}
                  aria-pressed={line.isChosen(text)}
                  disabled={text.trim() === ""}
                  onClick={() => line.choose(text)}
                >
                  {content}
                </button>
              )}
            </li>
          );
        })}
      </ol>
      <Pager offset={offset} limit={partLines} matching={lines.length} onOffset={setTurned} />
    </details>
  );
}

/** Lines that stand there at once. */
const partLines = 500;

function partOf(line: number): number {
  return Math.floor(line / partLines) * partLines;
}

const signs: Record<LineKind, string> = { same: " ", added: "+", removed: "-" };
