/** A campaign of `train` as it works: a line for what stays, and one redrawn line for what goes on. */

import { countsText } from "../../app/figure-rows.ts";
import type { TrainEvent } from "../../app/train/train.ts";
import { amount, duration, percent } from "../../app/units.ts";
import type { TrainProgress } from "../../core/trainer.ts";
import { type CampaignView, contestLine, firstLine, playStatus } from "../evolve/evolve-view.ts";
import { LiveLines } from "../live-lines.ts";
import type { Terminal } from "../terminal.ts";
import { recipeText } from "./recipe-text.ts";

export function trainTerminalView(terminal: Terminal, nowMs: () => number): CampaignView<TrainEvent> {
  const lines = new LiveLines(terminal, nowMs);
  return {
    show(event) {
      const line = lineOf(event);
      if (line !== undefined) lines.note(line);
      lines.status(() => statusOf(event));
    },
    end: () => lines.end(),
  };
}

const phases = {
  collect: "Episodes are collected on the train seeds.",
  baseline: "What has to be beaten plays the select seeds.",
  report: "The report seeds are opened, once.",
  select: undefined,
  confirm: undefined,
} as const;

/** Lines that stay. Pure. */
export function lineOf(event: TrainEvent): string | undefined {
  switch (event.kind) {
    case "campaign-start":
      return `${event.resumed ? "Resuming campaign" : "Campaign"} ${event.campaignId}. Ctrl-C stops; nothing is lost.`;
    case "round-start":
      return event.rounds > 1 ? `Round ${event.round} of ${event.rounds}.` : undefined;
    case "phase-start":
      return phases[event.phase];
    case "collected":
      return `Collected: ${amount(event.episodes)} episodes${event.missing > 0 ? `, ${event.missing} missing` : ""}, ${percent(event.meanProgress)} on average.`;
    case "decided":
      return `${event.key}: ${firstLine(event.reason)}`;
    case "nothing-left":
      return `Round ${event.round}: nothing further is tried. ${firstLine(event.reason)}`;
    case "dataset":
      return `${event.key}: data ${event.dataset.slice(0, 12)}${event.reused ? ", used again" : ""}: ${amount(event.lines)} lines; ${countsText(event.items)}`;
    case "training-start":
      return `${event.key}: training: ${recipeText(event.recipe)}`;
    case "trained":
      return `${event.key}: trained in ${duration(1000 * event.seconds)}: ${amount(event.steps)} steps${event.finalLoss === undefined ? "" : `, loss ${event.finalLoss.toFixed(3)}`}, adapter ${event.adapter.slice(0, 12)}`;
    case "parity":
      return `${event.key}: the server answers ${event.equal} of ${event.of} prompts as the trainer does`;
    case "configuration-failed":
      return `${event.key}: FAILED in ${event.failure.stage} (${event.failure.code}): ${event.failure.reason}`;
    case "select-end":
    case "confirm-progress":
      return contestLine(event);
    case "test":
      return `${event.key}: against the ${event.against === "base" ? "base alone" : "incumbent specialist"}: ${event.verdict.decision}. ${event.verdict.reason}`;
    case "trial-end":
      return `${event.key}: ${event.outcome.toUpperCase().replaceAll("-", " ")}${event.adapter === undefined ? "" : ` ${event.adapter.slice(0, 12)}`}. ${event.why}`;
    default:
      return undefined;
  }
}

/** What goes on, in one line. Pure. */
export function statusOf(event: TrainEvent): string | undefined {
  if (event.kind === "play") return playStatus(event, undefined);
  if (event.kind === "selection-progress") {
    return `${event.key}: turns of ${event.episodes}/${event.of} episodes looked through, ${amount(event.chosen)} chosen`;
  }
  if (event.kind === "training-progress") return `${event.key}: ${progressText(event.progress)}`;
  return undefined;
}

const preparations = {
  base: "making the base ready",
  tokens: "reading the data as tokens",
  save: "writing the adapter",
} as const;

function progressText(progress: TrainProgress): string {
  if (progress.phase !== "train") return preparations[progress.phase];
  const { step, totalSteps, loss, tokensPerSecond, secondsLeft } = progress;
  const speed = tokensPerSecond == null ? "" : `, ${amount(Math.round(tokensPerSecond))} tokens/s`;
  const left = secondsLeft == null ? "" : `, about ${duration(1000 * secondsLeft)} left`;
  return `step ${step}/${totalSteps}, loss ${loss.toFixed(3)}${speed}${left}`;
}
