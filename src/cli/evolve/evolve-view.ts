/** A campaign as it works: a line for what stays, and one redrawn line for what goes on; JSON lines with `--json`. */
import { createLogUpdate } from "log-update";
import type { CampaignEvent } from "../../app/evolve/evolve.ts";
import { printable, type Terminal } from "../terminal.ts";
import { amount, duration, percent } from "../units.ts";

export interface CampaignView {
  show(event: CampaignEvent): void;
  end(): void;
}

const redrawEveryMs = 200;
const plainEveryMs = 30_000;

export function campaignJsonView(): CampaignView {
  return { show: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), end: () => undefined };
}

export function campaignTerminalView(terminal: Terminal, nowMs: () => number): CampaignView {
  const redraw = createLogUpdate(process.stderr);
  let drawnMs = 0;
  const everyMs = terminal.live ? redrawEveryMs : plainEveryMs;
  let plainMs = nowMs();
  const incumbent = new IncumbentScore();
  return {
    show(event) {
      incumbent.learn(event);
      const line = lineOf(event);
      if (line !== undefined) {
        if (terminal.live) redraw.clear();
        terminal.note(printable(line));
      }
      const now = statusOf(event, incumbent.mean);
      if (now === undefined || nowMs() - (terminal.live ? drawnMs : plainMs) < everyMs) return;
      if (terminal.live) {
        drawnMs = nowMs();
        redraw(printable(now).slice(0, terminal.columns - 1));
      } else {
        plainMs = nowMs();
        terminal.note(printable(now));
      }
    },
    end() {
      if (terminal.live) redraw.clear();
    },
  };
}

/** Lines that stay. */
function lineOf(event: CampaignEvent): string | undefined {
  switch (event.kind) {
    case "campaign-start":
      return `${event.resumed ? "Resuming campaign" : "Campaign"} ${event.campaignId}. Ctrl-C stops; nothing is lost.`;
    case "phase-start":
      return event.phase === "baseline"
        ? "The scaffold to start from plays the select seeds."
        : event.phase === "report"
          ? "The report seeds are opened, once."
          : event.phase === "review"
            ? `${event.key}: review`
            : undefined;
    case "review-progress":
      return `${event.key}:   ${event.line}`;
    case "review-sent-back":
      return `${event.key}:   sent back (${event.mend}): ${firstProblem(event.problems)}`;
    case "review-end":
      return event.change === undefined
        ? `${event.key}: no revision: ${event.reason}`
        : `${event.key}: "${event.change.name}": ${firstLine(event.change.description)}`;
    case "select-end":
      return `${event.key}: select seeds: ${percent(event.candidate)} against ${percent(event.incumbent)}. ${event.reason}`;
    case "confirm-progress": {
      const { estimate, pairsUsed, evidence } = event.figures;
      const gain = estimate === undefined ? "" : `, ${signedPoints(estimate)} points`;
      const value = evidence.value === undefined ? "" : `, ${evidence.kind} ${evidence.value.toPrecision(2)}`;
      return `${event.key}: confirm seeds: ${pairsUsed} pairs${gain}${value}`;
    }
    case "verdict":
      return `${event.key}: ${event.outcome.toUpperCase().replaceAll("-", " ")}. ${event.reason}`;
    default:
      return undefined;
  }
}

/** The incumbent's mean on the select seeds, as far as the events of this process tell it. */
class IncumbentScore {
  mean: number | undefined;
  #candidate: number | undefined;

  learn(event: CampaignEvent): void {
    if (event.kind === "play" && event.phase === "baseline") this.mean = event.event.totals.meanProgress;
    if (event.kind === "select-end") {
      this.mean = event.incumbent;
      this.#candidate = event.candidate;
    }
    if (event.kind === "verdict" && event.outcome === "accepted") this.mean = this.#candidate;
  }
}

/** What goes on, in one line. */
function statusOf(event: CampaignEvent, incumbent: number | undefined): string | undefined {
  if (event.kind !== "play") return undefined;
  const { totals } = event.event;
  const against = event.phase !== "select" || incumbent === undefined ? "" : ` against ${percent(incumbent)}`;
  const score = totals.meanProgress === undefined ? "" : `, ${percent(totals.meanProgress)} so far${against}`;
  const left = totals.leftMs === undefined ? "" : `, about ${duration(totals.leftMs)} left of this step`;
  const { episodes, tokens } = event.spent;
  return `${event.key === "" ? event.phase : `${event.key} ${event.phase}`}: ${totals.finished}/${totals.planned} episodes${score}${left}; spent before: ${amount(episodes)} episodes, ${amount(tokens)} tokens`;
}

function signedPoints(share: number): string {
  return `${share > 0 ? "+" : ""}${(100 * share).toFixed(1)}`;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}

/** The first line that tells of a failure, where a check says so. */
function firstProblem(text: string): string {
  return text.split("\n").find((line) => /^fail/i.test(line.trim())) ?? firstLine(text);
}
