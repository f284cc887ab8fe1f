/** What a campaign has accepted and spent of its error so far: what each test of the gate depends on beside its own episodes. */
import type { CampaignSoFar, GateVerdict } from "../../campaign/gate/gate.ts";
import type { Hash } from "../../core/hash.ts";

export interface Books {
  /** Scaffold (evolve) or adapter's name (train) that has to be beaten; `undefined`: the base alone. */
  incumbent: Hash | undefined;
  /** The adapter's record, where it is one. */
  incumbentRecord?: Hash | undefined;
  soFar: Required<CampaignSoFar>;
}

export function freshBooks(incumbent: Hash | undefined): Books {
  return { incumbent, soFar: { looksBefore: 0, acceptedBefore: 0, errorSpent: 0 } };
}

/** One look, as both loops count it: what accepted gives its share back. */
export function countLook({ soFar }: Books, { decision, level }: Pick<GateVerdict, "decision" | "level">): void {
  soFar.looksBefore += 1;
  if (decision === "accept") soFar.acceptedBefore += 1;
  else soFar.errorSpent += level;
}
