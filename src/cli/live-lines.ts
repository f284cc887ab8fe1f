/** Lines that stay, and one line for what goes on: redrawn in a terminal, printed now and then elsewhere. On stderr. */
import { createLogUpdate } from "log-update";
import { printable, type Terminal } from "./terminal.ts";

const redrawEveryMs = 200;
const plainEveryMs = 30_000;

export class LiveLines {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  readonly #redraw = createLogUpdate(process.stderr);
  #shownMs: number;

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#shownMs = terminal.live ? 0 : nowMs();
  }

  note(line: string): void {
    if (this.#terminal.live) this.#redraw.clear();
    this.#terminal.note(printable(line));
  }

  /** Shown if the last one was shown long enough ago; `line` is asked for only then. */
  status(line: () => string | undefined): void {
    const { live, columns } = this.#terminal;
    if (this.#nowMs() - this.#shownMs < (live ? redrawEveryMs : plainEveryMs)) return;
    const now = line();
    if (now === undefined) return;
    this.#shownMs = this.#nowMs();
    if (live) this.#redraw(printable(now).slice(0, columns - 1));
    else this.#terminal.note(printable(now));
  }

  end(): void {
    if (this.#terminal.live) this.#redraw.clear();
  }
}
