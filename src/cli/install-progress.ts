/** Shows an installation as it goes on: one line a step, with counts redrawn in place on a terminal. */
import { createLogUpdate } from "log-update";
import type { Terminal } from "./terminal.ts";

export interface ProgressEvent {
  message: string;
  warning?: boolean;
  done?: number;
  total?: number;
}

export interface ProgressLines {
  show(event: ProgressEvent): void;
  /** Ends the redrawn line, if there is one. */
  end(): void;
}

/** Events with a count replace each other on a live terminal; elsewhere only those without one, and the last, are printed. */
export function progressLines(terminal: Terminal): ProgressLines {
  const redraw = createLogUpdate(process.stderr);
  let drawn = false;
  const end = () => {
    if (drawn) redraw.clear();
    drawn = false;
  };
  return {
    show(event) {
      const { done, total, message } = event;
      const counted = done !== undefined && total !== undefined;
      if (event.warning) {
        end();
        terminal.note(`  ${terminal.color.yellow("!")} ${message}`);
      } else if (counted && done < total) {
        if (!terminal.live) return;
        drawn = true;
        redraw(`  ${String(Math.floor((100 * done) / total)).padStart(3)} % ${message.split("\n")[0]}`);
      } else {
        end();
        terminal.note(message.replace(/^/gm, "  "));
      }
    },
    end,
  };
}
