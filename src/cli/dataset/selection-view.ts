/** A selection as it goes on: one redrawn line on a terminal, a line every half minute elsewhere. */
import { createLogUpdate } from "log-update";
import type { SelectionProgress } from "../../app/train/datasets.ts";
import { printable, type Terminal } from "../terminal.ts";

export interface SelectionView {
  onProgress(progress: SelectionProgress): void;
  /** What who selects is doing. */
  onLine(line: string): void;
  end(): void;
}

const redrawEveryMs = 200;
const plainEveryMs = 30_000;

export function selectionView(terminal: Terminal, nowMs: () => number): SelectionView {
  const redraw = createLogUpdate(process.stderr);
  const everyMs = terminal.live ? redrawEveryMs : plainEveryMs;
  let shownMs = nowMs() - (terminal.live ? redrawEveryMs : 0);
  let done = "Writing the criteria";
  let doing = "";
  const show = () => {
    if (nowMs() - shownMs < everyMs) return;
    shownMs = nowMs();
    const line = printable(
      [done, doing]
        .filter((part) => part !== "")
        .join(" · ")
        .replace(/\s+/g, " "),
    );
    if (terminal.live) redraw(line.slice(0, terminal.columns - 1));
    else terminal.note(line);
  };
  return {
    onProgress({ episodes, of, turns, chosen }) {
      done = `${episodes} of ${of} episodes, ${chosen} of ${turns} turns chosen`;
      doing = "";
      show();
    },
    onLine(line) {
      doing = line;
      show();
    },
    end() {
      if (terminal.live) redraw.clear();
    },
  };
}
