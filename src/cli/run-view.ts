/** A run as it is played: redrawn in place on a terminal, one line an event elsewhere, JSON lines with `--json`. */
import { createLogUpdate } from "log-update";
import type { RunEvent, RunSummary, RunTotals } from "../app/play.ts";
import { amount, duration, percent } from "../app/units.ts";
import type { Terminal } from "./terminal.ts";

export interface RunView {
  show(event: RunEvent): void;
  /** Ends the redrawn part. */
  end(): void;
}

/** An episode under way, as the view knows it. */
interface EpisodeLine {
  task: string;
  seed: number;
  steps: number;
  maxSteps: number;
  progress: number;
  action: string;
  replaying: boolean;
}

const redrawEveryMs = 100;
const plainEveryMs = 10_000;

/** One JSON object a line for each event, on stdout. */
export function jsonView(): RunView {
  return { show: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`), end: () => undefined };
}

export function terminalView(terminal: Terminal, nowMs: () => number): RunView {
  const episodes = new Map<string, EpisodeLine>();
  const redraw = createLogUpdate(process.stderr);
  let drawnMs = 0;
  let plainMs = nowMs();
  const draw = (totals: RunTotals, force: boolean) => {
    if (!terminal.live || (!force && nowMs() - drawnMs < redrawEveryMs)) return;
    drawnMs = nowMs();
    const lines = [...episodes.values()].slice(0, 16).map((episode) => episodeText(episode, terminal.columns));
    redraw([...lines, totalsText(totals)].join("\n"));
  };
  const note = (text: string) => {
    if (terminal.live) redraw.clear();
    terminal.note(text);
  };
  return {
    show(event) {
      track(episodes, event);
      const line = noteOf(event);
      if (line !== undefined) note(line);
      if (event.kind === "step-end" && !terminal.live && nowMs() - plainMs >= plainEveryMs) {
        plainMs = nowMs();
        const episode = episodes.get(event.key);
        if (episode) terminal.note(`${episodeText(episode, 100)} | ${totalsText(event.totals)}`);
      }
      if (event.kind !== "run-end") draw(event.totals, event.kind !== "step-end");
    },
    end() {
      if (terminal.live) redraw.clear();
    },
  };
}

/** What came of a run, for people. */
export function summaryText(summary: RunSummary): string {
  const { finished, failed, owed, planned, progression, totals } = summary;
  const lines: string[] = [];
  const missing = planned - finished.length;
  const mean = progression.mean === undefined ? "no score yet" : `score ${percent(progression.mean)}`;
  const { low, high } = progression;
  const range = low === undefined ? "" : ` (95 % interval ${percent(low)} to ${percent(high)})`;
  lines.push(
    `${summary.runId}: ${finished.length} of ${planned} episodes finished, ${mean}${range}${missing > 0 ? `, ${missing} missing` : ""}.`,
  );
  if (totals.calls > 0) {
    const speed = totals.tokensPerSecond === undefined ? "" : `, ${totals.tokensPerSecond.toFixed(0)} tokens/s`;
    // Not every server says how many were cached, so none known is not none.
    const cached = totals.cachedTokens > 0 ? ` (${amount(totals.cachedTokens)} cached)` : "";
    lines.push(
      `${amount(totals.steps)} steps, ${amount(totals.calls)} model calls, ${amount(totals.promptTokens)} tokens in${cached}, ${amount(totals.generatedTokens)} out, ${duration(totals.elapsedMs)}${speed}.`,
    );
  }
  for (const episode of failed.slice(0, 5)) lines.push(`Failed: ${episode.key}: ${episode.failure.message}`);
  if (failed.length > 5) lines.push(`... and ${failed.length - 5} more failed.`);
  if (summary.halted && summary.halted.code !== "stopped")
    lines.push(
      `${summary.halted.code === "budget" ? "Stopped" : "No more episodes were started"}: ${summary.halted.message}`,
    );
  if (failed.length + owed.length > 0) {
    lines.push(`Nothing is lost. Go on with: automem resume ${summary.runId}`);
  } else {
    lines.push(`Look at it: automem show ${summary.runId}`);
  }
  return lines.join("\n");
}

function track(episodes: Map<string, EpisodeLine>, event: RunEvent): void {
  if (event.kind === "episode-start") {
    const { task, seed, maxSteps } = event;
    episodes.set(event.key, { task, seed, steps: 0, maxSteps, progress: 0, action: "", replaying: false });
  } else if (event.kind === "step-end") {
    const episode = episodes.get(event.key);
    if (!episode) return;
    episode.steps = event.stepIndex + 1;
    episode.progress = event.progress;
    episode.action = event.action;
    episode.replaying = event.replayed;
  } else if (event.kind === "episode-end" || event.kind === "episode-failed" || event.kind === "episode-stopped") {
    episodes.delete(event.key);
  }
}

/** Lines that stay. */
function noteOf(event: RunEvent): string | undefined {
  switch (event.kind) {
    case "run-start":
      return `${event.resumed ? "Resuming" : "Run"} ${event.runId}: ${event.owed} of ${event.totals.planned} episodes to play. Ctrl-C stops; nothing is lost.`;
    case "episode-end":
      return `${event.key}: ${percent(event.progress)} after ${event.steps} steps`;
    case "episode-restart":
      return `${event.key}: restart ${event.restart}: ${event.failure.message}`;
    case "episode-failed":
      return `${event.key}: failed, still owed: ${event.failure.message}`;
    default:
      return undefined;
  }
}

function episodeText(episode: EpisodeLine, columns: number): string {
  const { task, seed, steps, maxSteps, progress, action, replaying } = episode;
  const text = `${task} seed ${seed}  step ${steps}/${maxSteps}  ${percent(progress)}  ${replaying ? "replaying" : action}`;
  return text.length > columns - 1 ? text.slice(0, columns - 1) : text;
}

function totalsText(totals: RunTotals): string {
  const speed = totals.tokensPerSecond === undefined ? "" : `  ${totals.tokensPerSecond.toFixed(0)} tokens/s`;
  const left = totals.leftMs === undefined ? "" : `  about ${duration(totals.leftMs)} left`;
  return `${totals.finished}/${totals.planned} episodes  ${totals.calls} calls${speed}${left}`;
}
