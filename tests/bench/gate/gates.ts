/** The gates that are compared. All but the paper's screen on the same select seeds, and share the same error among looks in the same way. */
import * as v from "valibot";
import { ConfirmGateSettings } from "../../../src/campaign/gate/settings.ts";
import { lookShare } from "../../../src/metrics/sequential/spending.ts";
import { asymptoticSequence } from "./rivals/confidence-sequence.ts";
import { fixedMartingale, learnedMartingale, scaledMartingale, signMartingale } from "./rivals/martingales.ts";
import type { Rival, Staged } from "./rivals/rival.ts";
import { safeT } from "./rivals/safe-t.ts";
import { groupSignFlip } from "./rivals/sign-flip.ts";
import { fixedT, groupT } from "./rivals/student.ts";

/** As the gate ships. */
export const shipped = v.parse(ConfirmGateSettings, { kind: "confirm" });

export const staged: Staged = {
  first: shipped.firstPairs,
  every: shipped.stagePairs,
  last: shipped.maximumPairs,
  exponent: shipped.stageExponent,
  futility: shipped.futility,
};

/** Error for a look after so many that did not accept. */
export function shippedLevel(notAccepted: number): number {
  return shipped.alpha * lookShare(notAccepted + 1, shipped.looks, shipped.lookExponent);
}

export const chosen: Rival = groupSignFlip(staged);

export const rivals: readonly Rival[] = [
  chosen,
  groupT(staged),
  fixedT(shipped.maximumPairs),
  fixedMartingale(staged),
  learnedMartingale(staged),
  scaledMartingale(staged),
  safeT(staged),
  signMartingale(staged),
  asymptoticSequence(staged),
];
