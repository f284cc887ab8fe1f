/**
 * The default gate: a candidate that looks better on the select seeds is played against the incumbent on confirm seeds, pair by pair, and a
 * group-sequential sign-flip test (`SignFlipWalk`) may accept or give up early. The error budget is shared among the tests of a campaign in
 * fixed shares, so the chance of any false accept is at most `alpha`, however the tests depend on each other (Bonferroni).
 *
 * Statistic: the sum over seeds of candidate - incumbent. Seeds: the confirm set, whose scores nobody who proposes ever sees.
 * What is assumed, what the simulation shows, and why: docs/gate.md.
 */
import { confidenceSequence } from "../../metrics/sequential/confidence-sequence.ts";
import { discordance } from "../../metrics/sequential/discordance.ts";
import { predictedSuccess } from "../../metrics/sequential/futility.ts";
import { SignFlipWalk } from "../../metrics/sequential/sign-flip.ts";
import { lookShare, stageSpending } from "../../metrics/sequential/spending.ts";
import type { CampaignSoFar, Gate, GateFigures, GateStep, GateVerdict, SeedPair } from "./contract.ts";
import { checkedPairs, differencesOf, meanOf, missingIn, points } from "./pairs.ts";
import { screenOnMean } from "./paper.ts";
import type { ConfirmGateSettings } from "./settings.ts";

export function confirmGate(settings: ConfirmGateSettings): Gate {
  const errorFor = (look: number) => settings.alpha * lookShare(look, settings.looks, settings.lookExponent);
  return {
    name: "confirm",
    settings,
    screen: screenOnMean,
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
  // A sum of shares may differ from alpha in its last bits.
  return Math.min(errorFor(looksBefore - acceptedBefore + 1), Math.max(0, alpha * (1 + 1e-9) - errorSpent));
}

function confirm(pairs: readonly SeedPair[], level: number, settings: ConfirmGateSettings): GateStep {
  const { looks, maximumPairs, futility, missingLevel, stageExponent } = settings;
  if (level <= 0) {
    const reason = `The error budget was shared among ${looks} tests and is spent: nothing further can be accepted in this campaign.`;
    return verdict("stopped", reason, reason, figuresOf([], level, []));
  }
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
    const seen = pairs.slice(0, planned);
    const figures = figuresOf(seen, level, path);
    const uneven = unevenRates(seen, missingLevel);
    if (uneven !== undefined) return verdict("stopped", uneven, uneven, figures);
    if (crossed) return verdict("accept", acceptReason(figures), "Accepted on the confirm seeds.", figures);
    if (planned === maximumPairs) {
      return verdict(
        "reject",
        rejectReason("to the last pair", figures),
        "Not shown to be better on the confirm seeds.",
        figures,
      );
    }
    if (predictedSuccess(differencesOf(seen), maximumPairs * (figures.pairsUsed / planned), level) < futility) {
      return verdict(
        "reject",
        rejectReason("and unlikely to be shown with more", figures),
        "Not shown to be better on the confirm seeds.",
        figures,
      );
    }
  }
  throw new Error("The last stage of a gate always ends it.");
}

/** Pairs looked at by each stage; the last is `maximumPairs`. */
function stagesOf({ firstPairs, stagePairs, maximumPairs }: ConfirmGateSettings): number[] {
  const stages: number[] = [];
  for (let pairs = firstPairs; pairs < maximumPairs; pairs += stagePairs) stages.push(pairs);
  return [...stages, maximumPairs];
}

/** Why the gate must stop, or `undefined`. Pairs that lack both arms say nothing about a difference. */
function unevenRates(pairs: readonly SeedPair[], level: number): string | undefined {
  const only = (arm: "candidate" | "incumbent", other: "candidate" | "incumbent") =>
    pairs.filter((pair) => pair[arm] === undefined && pair[other] !== undefined).length;
  const candidate = only("candidate", "incumbent");
  const incumbent = only("incumbent", "candidate");
  const chance = discordance(candidate, incumbent);
  if (chance > level || level === 0) return undefined;
  return (
    `Episodes are missing unequally: ${candidate} of ${pairs.length} seeds only for the candidate, ${incumbent} only for the incumbent ` +
    `(p = ${chance.toPrecision(2)}, limit ${level}); if the hard ones are missing, a comparison of the rest misleads.`
  );
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

function verdict(
  decision: GateVerdict["decision"],
  reason: string,
  toldToReviewers: string,
  figures: GateFigures,
): GateStep {
  return { need: "nothing", verdict: { ...figures, decision, reason, toldToReviewers } };
}

function acceptReason(figures: GateFigures): string {
  return `Better on the confirm seeds: ${said(figures)}.`;
}

function rejectReason(when: string, figures: GateFigures): string {
  return `Not shown to be better on the confirm seeds, ${when}: ${said(figures)}.`;
}

function said({ estimate, interval, pairsUsed, evidence }: GateFigures): string {
  const { value = 1, threshold = 0 } = evidence;
  const gain = estimate === undefined ? "no finished pair" : `${points(estimate)} points over ${pairsUsed} pairs`;
  const range = interval === undefined ? "" : ` (95 %: ${points(interval[0])} to ${points(interval[1])})`;
  return `${gain}${range}, p = ${value.toPrecision(2)}, needed ${threshold.toPrecision(2)} by then`;
}
