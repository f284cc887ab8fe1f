/**
 * The gate of arXiv 2607.01224: a strictly higher mean on the select seeds. Kept for comparison: over 30 looks without any gain a
 * false accept is near certain (docs/gate.md).
 */
import { points } from "../../core/points.ts";
import type { Gate, GateFigures, GateStep, Screening, SeedPair } from "./contract.ts";
import { checkedPairs, differencesOf, meanOf, missingIn } from "./pairs.ts";

export function paperGate(): Gate {
  return { name: "paper", settings: { kind: "paper" }, screen: screenOnMean, confirm, errorFor: () => 0 };
}

/** Passes if the candidate's mean is strictly higher over the pairs that both finished. */
export function screenOnMean(pairs: readonly SeedPair[]): Screening {
  const differences = differencesOf(checkedPairs(pairs));
  const estimate = meanOf(differences);
  if (estimate === undefined) {
    return { pass: false, reason: "No select seed was finished by both scaffolds.", estimate };
  }
  const pass = estimate > 0;
  const said = `${points(estimate)} points over ${differences.length} select seeds`;
  return {
    pass,
    reason: pass ? `Better on the select seeds: ${said}.` : `No better on the select seeds: ${said}.`,
    estimate,
  };
}

/** It confirms nothing: what passed the screen is accepted. */
function confirm(): GateStep {
  const figures: GateFigures = {
    estimate: undefined,
    interval: undefined,
    level: 0,
    evidence: { kind: "none", value: undefined, threshold: undefined },
    pairsUsed: 0,
    missing: missingIn([]),
    path: [],
  };
  const reason = "The mean on the select seeds is strictly higher; this gate asks for no more and bounds no error.";
  return { need: "nothing", verdict: { ...figures, decision: "accept", reason, toldToReviewers: reason } };
}
