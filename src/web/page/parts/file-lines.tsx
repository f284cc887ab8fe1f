/** Files of a memory folder line by line, with what is there on one side only: of a step and the one before, or of two episodes. */
import { useEffect, useRef, useState } from "preact/hooks";
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

/** What a click on a line does; absent: it cannot be clicked. */
export interface LineChoice {
  title: string;
  isChosen(text: string): boolean;
  choose(text: string): void;
}

export function FileLines({
  file: { file, change, lines },
  words,
  line,
}: {
  file: ShownFile;
  words: SideWords;
  line?: LineChoice;
}) {
  const badge = words.badges[change];
  const [turned, setTurned] = useState<number>();
  const firstChange = lines.findIndex(({ kind }) => kind !== "same");
  // What changed comes into sight, however long the file is.
  useEffect(() => {
    if (firstChange >= 0) setTurned(undefined);
  }, [lines]);
  // Not asked of the browser while it has other things to lay out.
  const scrolled = useRef(false);
  const passing = useIsPassing(lines);
  const offset = Math.min(turned ?? partOf(Math.max(0, firstChange)), partOf(Math.max(0, lines.length - 1)));
  const blocks = blocksOf(lines.slice(offset, offset + partLines));
  // Of what only passes by, no more is made than can be in sight.
  const made = passing && !scrolled.current ? 1 : blocks.length;
  return (
    <details class="file" open={lines.length > 0}>
      <summary>
        <span class="mono">{file}</span>
        {badge !== undefined && <span class={`badge ${change === "removed" ? "bad" : "good"}`}>{badge}</span>}
        <span class="faint"> {lines.filter(({ kind }) => kind !== "removed").length} lines</span>
      </summary>
      <div
        class="lines"
        onScroll={({ currentTarget }) => {
          scrolled.current = currentTarget.scrollTop > 0;
        }}
      >
        {blocks.slice(0, made).map((block, index) => (
          <ol
            key={index}
            start={offset + index * blockLines + 1}
            style={{ containIntrinsicBlockSize: `auto ${heightOf(block.length)}` }}
          >
            {block.map((shown, place) => (
              <Line key={place} shown={shown} words={words} line={line} />
            ))}
          </ol>
        ))}
        {made < blocks.length && <div style={{ blockSize: heightOf(blocks.slice(made).flat().length) }} />}
      </div>
      <Pager offset={offset} limit={partLines} matching={lines.length} onOffset={setTurned} />
    </details>
  );
}

function Line({
  shown: { kind, text },
  words,
  line,
}: {
  shown: ShownFile["lines"][number];
  words: SideWords;
  line: LineChoice | undefined;
}) {
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
    <li class={kind}>
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
}

/** Lines that stand there at once. */
const partLines = 500;
/** Lines that are laid out together, once they come into sight. */
const blockLines = 50;

function blocksOf<Line>(lines: readonly Line[]): Line[][] {
  return Array.from({ length: Math.ceil(lines.length / blockLines) }, (_, index) =>
    lines.slice(index * blockLines, (index + 1) * blockLines),
  );
}

/** About as high as lines will be. */
function heightOf(lines: number): string {
  return `${(1.35 * lines).toFixed(2)}rem`;
}

/** Between one step and the next while one scrubs, at most. */
const passingMs = 150;

/** True for what came right behind something else, until it stays. */
function useIsPassing(shown: unknown): boolean {
  const last = useRef({ shown, sinceMs: Number.NEGATIVE_INFINITY, passing: false });
  const [, stays] = useState<unknown>();
  if (last.current.shown !== shown) {
    const nowMs = performance.now();
    last.current = { shown, sinceMs: nowMs, passing: nowMs - last.current.sinceMs < passingMs };
  }
  useEffect(() => {
    if (!last.current.passing) return undefined;
    const timer = setTimeout(() => {
      last.current.passing = false;
      stays(shown);
    }, passingMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return last.current.passing;
}

function partOf(line: number): number {
  return Math.floor(line / partLines) * partLines;
}

const signs: Record<LineKind, string> = { same: " ", added: "+", removed: "-" };
