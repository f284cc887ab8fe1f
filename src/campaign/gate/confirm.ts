/**
 * The default gate: a candidate that looks better on the select seeds is played against the incumbent on confirm seeds, pair by pair, and a
 * group-sequential sign-flip test (`SignFlipWalk`) may accept or give up early. The error budget is shared among the tests of a campaign in
 * fixed shares, so the chance of any false accept is at most `alpha`, however the tests depend on each other (Bonferroni).
 *
 * Statistic: the sum over seeds of candidate - incumbent. Seeds: the confirm set, whose scores nobody who proposes ever sees.
 * What is assumed, what the simulation shows, and why: docs/gate.md.
 */
import { points } from "../../core/points.ts";
import { confidenceSequence } from "../../metrics/sequential/confidence-sequence.ts";
import { predictedSuccess } from "../../metrics/sequential/futility.ts";
import { SignFlipWalk } from "../../metrics/sequential/sign-flip.ts";
import { lookShare, stageSpending } from "../../metrics/sequential/spending.ts";
import type { CampaignSoFar, Gate, GateFigures, GateStep, GateVerdict, SeedPair } from "./contract.ts";
import { unevenMissing } from "./missing.ts";
import { checkedPairs, differencesOf, meanOf, missingIn } from "./pairs.ts";
import { screenOnMean } from "./paper.ts";
import type { ConfirmGateSettings } from "./settings.ts";

const accepted = "Better on the confirm seeds.";
const notShown = "Not shown to be better on the confirm seeds.";
const noPair = "No confirm seed was finished by both scaffolds.";
const noErrorLeft = "The error that this campaign may make is spent: nothing further can be accepted in it.";

export function confirmGate(settings: ConfirmGateSettings): Gate {
  const errorFor = (look: number) => settings.alpha * lookShare(look, settings.looks, settings.lookExponent);
  return {
    name: "confirm",
    settings,
    screen: (pairs) => {
      const uneven = unevenMissing(pairs, settings.missingLevel);
      return uneven === undefined ? screenOnMean(pairs) : { pass: false, reason: uneven, estimate: undefined };
    },
    errorFor,
    confirm: (pairs, campaign) => {
      const level = levelNow(campaign, settings.alpha, errorFor);
      return confirm(checkedPairs(pairs), level, settings);
    },
  };
}

/** A test that accepted gives its share back: before the first false accept it was a true one and erred in nothing. */
function levelNow(campaign: CampaignSoFar, alpha: number, errorFor: (look: number) => number): number {
  const { looksBefore, acceptedBefore = 0, errorSpent } = campaign;
  if (acceptedBefore > looksBefore)
    throw new RangeError(`${acceptedBefore} of ${looksBefore} tests cannot have accepted.`);
  const level = Math.min(errorFor(looksBefore - acceptedBefore + 1), alpha * (1 + 1e-9) - errorSpent);
  // A sum of shares may differ from alpha in its last bits; what is left then is nothing.
  return level < alpha * 1e-6 ? 0 : level;
}

function confirm(pairs: readonly SeedPair[], level: number, settings: ConfirmGateSettings): GateStep {
  if (level === 0) return ended("stopped", noErrorLeft, noErrorLeft, figuresOf([], level, []));
  const { maximumPairs, stageExponent } = settings;
  const walk = new SignFlipWalk();
  const path: { pairs: number; value: number; threshold: number }[] = [];
  let before = 0;
  for (const planned of stagesOf(settings)) {
    if (planned > pairs.length) {
      return { need: "more", pairs: planned - pairs.length, soFar: figuresOf(pairs.slice(0, before), level, path) };
    }
    for (const difference of differencesOf(pairs.slice(before, planned))) walk.add(difference);
    const { value, threshold, crossed } = walk.stage(stageSpending(level, planned / maximumPairs, stageExponent));
    path.push({ pairs: planned, value, threshold });
    before = planned;
    const end = endOfStage(pairs.slice(0, planned), crossed, figuresOf(pairs.slice(0, planned), level, path), settings);
    if (end !== undefined) return end;
  }
  throw new Error("The last stage of a gate always ends it.");
}

/** Missing episodes come first: a boundary that was crossed on uneven pairs shows nothing. `undefined`: the test goes on. */
function endOfStage(
  seen: readonly SeedPair[],
  crossed: boolean,
  figures: GateFigures,
  { maximumPairs, futility, missingLevel }: ConfirmGateSettings,
): GateStep | undefined {
  const uneven = unevenMissing(seen, missingLevel);
  if (uneven !== undefined) return ended("stopped", uneven, "Too many episodes of one scaffold went missing.", figures);
  if (crossed) return ended("accept", `Better on the confirm seeds: ${said(figures)}.`, accepted, figures);
  if (seen.length === maximumPairs) {
    if (figures.pairsUsed === 0) return ended("stopped", noPair, noPair, figures);
    return ended("reject", `Not shown to be better on the confirm seeds: ${said(figures)}.`, notShown, figures);
  }
  const canBeUsed = maximumPairs * (figures.pairsUsed / seen.length);
  if (predictedSuccess(differencesOf(seen), canBeUsed, figures.level) >= futility) return undefined;
  const reason = `Not shown to be better on the confirm seeds, and unlikely to be with more pairs: ${said(figures)}.`;
  return ended("reject", reason, notShown, figures);
}

/** Pairs looked at by each stage; the last is `maximumPairs`. */
function stagesOf({ firstPairs, stagePairs, maximumPairs }: ConfirmGateSettings): number[] {
  const stages: number[] = [];
  for (let pairs = firstPairs; pairs < maximumPairs; pairs += stagePairs) stages.push(pairs);
  return [...stages, maximumPairs];
}

function figuresOf(pairs: readonly SeedPair[], level: number, path: GateFigures["path"]): GateFigures {
  const differences = differencesOf(pairs);
  const interval = confidenceSequence(differences);
  const last = path.at(-1);
  return {
    estimate: meanOf(differences),
    interval: interval && [Math.max(-1, interval[0]), Math.min(1, interval[1])],
    level,
    evidence: { kind: "p-value", value: last?.value, threshold: last?.threshold },
    pairsUsed: differences.length,
    missing: missingIn(pairs),
    path: [...path],
  };
}

function ended(
  decision: GateVerdict["decision"],
  reason: string,
  toldToReviewers: string,
  figures: GateFigures,
): GateStep {
  return { need: "nothing", verdict: { ...figures, decision, reason, toldToReviewers } };
}

function said({ estimate, interval, pairsUsed, evidence }: GateFigures): string {
  const { value = 1, threshold = 0 } = evidence;
  const gain = estimate === undefined ? "no finished pair" : `${points(estimate)} points over ${pairsUsed} pairs`;
  const range = interval === undefined ? "" : ` (95 %: ${points(interval[0])} to ${points(interval[1])})`;
  return `${gain}${range}, p = ${value.toPrecision(2)}, needed ${threshold.toPrecision(2)} by then`;
}
