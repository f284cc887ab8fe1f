/** A campaign as it works: a line for what stays, and one redrawn line for what goes on; JSON lines with `--json`. */

import type { CampaignEvent } from "../../app/evolve/evolve.ts";
import { amount, duration, percent } from "../../app/units.ts";
import { points } from "../../core/points.ts";
import { LiveLines } from "../live-lines.ts";
import type { Terminal } from "../terminal.ts";

export interface CampaignView<Event = CampaignEvent> {
  show(event: Event): void;
  end(): void;
}

export function campaignJsonView(): CampaignView<object> {
  return { show: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), end: () => undefined };
}

export function campaignTerminalView(terminal: Terminal, nowMs: () => number): CampaignView {
  const lines = new LiveLines(terminal, nowMs);
  const incumbent = new IncumbentScore();
  return {
    show(event) {
      incumbent.learn(event);
      const line = lineOf(event);
      if (line !== undefined) lines.note(line);
      lines.status(() => statusOf(event, incumbent.mean));
    },
    end: () => lines.end(),
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
    case "confirm-progress":
      return contestLine(event);
    case "verdict":
      return `${event.key}: ${event.outcome.toUpperCase().replaceAll("-", " ")}. ${event.reason}`;
    default:
      return undefined;
  }
}

/** What came of a contest's seeds, for both loops. */
export function contestLine(event: Extract<CampaignEvent, { kind: "select-end" | "confirm-progress" }>): string {
  if (event.kind === "select-end") {
    return `${event.key}: select seeds: ${percent(event.candidate)} against ${percent(event.incumbent)}. ${event.reason}`;
  }
  const { estimate, pairsUsed, evidence } = event.figures;
  const gain = estimate === undefined ? "" : `, ${points(estimate)} points`;
  const value = evidence.value === undefined ? "" : `, ${evidence.kind} ${evidence.value.toPrecision(2)}`;
  return `${event.key}: confirm seeds: ${pairsUsed} pairs${gain}${value}`;
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
  return event.kind === "play" ? playStatus(event, event.phase === "select" ? incumbent : undefined) : undefined;
}

/** Episodes under way, for both loops; `against` is the mean to be beaten. */
export function playStatus(
  {
    key,
    phase,
    event,
    spent,
  }: Pick<Extract<CampaignEvent, { kind: "play" }>, "key" | "event" | "spent"> & {
    phase: string;
  },
  against: number | undefined,
): string {
  const { totals } = event;
  const beside = against === undefined ? "" : ` against ${percent(against)}`;
  const score = totals.meanProgress === undefined ? "" : `, ${percent(totals.meanProgress)} so far${beside}`;
  const left = totals.leftMs === undefined ? "" : `, about ${duration(totals.leftMs)} left of this step`;
  return `${key === "" ? phase : `${key} ${phase}`}: ${totals.finished}/${totals.planned} episodes${score}${left}; spent before: ${amount(spent.episodes)} episodes, ${amount(spent.tokens)} tokens`;
}

/** The first line with anything on it. */
export function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}

/** The first line that tells of a failure, where a check says so. */
function firstProblem(text: string): string {
  return text.split("\n").find((line) => /^fail/i.test(line.trim())) ?? firstLine(text);
}
