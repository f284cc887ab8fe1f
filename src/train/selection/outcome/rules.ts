/** What the selector `outcome` keeps, and why, by what came of a turn. Pure, over plain values. */
import type { TurnId } from "../../../core/training.ts";
import type { Gain, LookupFit, TurnOperation, TurnSummary } from "../../candidates/turn.ts";
import type { OutcomeSettings } from "./settings.ts";

export interface OutcomeVerdict {
  rule: string;
  reason: string;
}

/** `credited`: turns of the same episode that were kept as look-ups. `undefined`: not to learn from. */
export function judgeTurn(
  turn: TurnSummary,
  settings: OutcomeSettings,
  credited: ReadonlySet<TurnId>,
): OutcomeVerdict | undefined {
  if (!settings.kinds.some((kind) => kind === turn.kind)) return undefined;
  if (isFaulty(turn, settings.faults) || turn.consequences.grounded < settings.groundedShare) return undefined;
  switch (turn.kind) {
    case "write":
      return judgeWrite(turn, settings);
    case "lookup":
      return judgeLookup(turn, settings);
    case "nothing":
      return judgeNothing(turn, settings);
    case "end":
      return judgeEnd(turn, settings, credited);
    default:
      return undefined;
  }
}

/** It was cut off, or something in it was refused or could not be read: with `clean`, and nothing else of it ran. */
export function isFaulty(
  { operations, cut }: Pick<TurnSummary, "operations" | "cut">,
  faults: OutcomeSettings["faults"],
): boolean {
  if (cut) return true;
  const isBad = ({ status, failure }: TurnOperation) =>
    failure !== undefined || ["malformed", "refused"].includes(status);
  if (!operations.some(isBad)) return false;
  return faults === "none" || !operations.some((one) => !isBad(one) && one.name !== "DONE" && one.name !== "ACTION");
}

function judgeWrite({ consequences, stepIndex }: TurnSummary, settings: OutcomeSettings): OutcomeVerdict | undefined {
  const { lines } = consequences;
  if (lines.filter(({ redundant }) => redundant).length > settings.redundantLines) return undefined;
  const useful = lines.flatMap(({ credit }) => (credit && isCredit(credit, settings) ? [credit] : []));
  const [first] = useful;
  if (first === undefined || useful.length < settings.usefulShare * lines.length) return undefined;
  const found = Number(first.turn.split(":")[1]);
  return {
    rule: "write-used",
    reason:
      `${useful.length} of ${count(lines.length, "line")} it wrote in step ${stepIndex} ${useful.length === 1 ? "was" : "were"} in sight again in ` +
      `PLAN (first in step ${found}) and led to a gain ${later(first.gain)}.`,
  };
}

function judgeLookup({ consequences: { lookup } }: TurnSummary, settings: OutcomeSettings): OutcomeVerdict | undefined {
  if (lookup?.gain === undefined || lookup.found === 0) return undefined;
  if (!isCredit({ fit: lookup.fit, gain: lookup.gain }, settings)) return undefined;
  const named = lookup.fit === "named" ? "It found what names the action taken" : "It found something";
  return { rule: "lookup-gained", reason: `${named}, and a gain came ${later(lookup.gain)}.` };
}

function judgeNothing({ callIndex, consequences }: TurnSummary, settings: OutcomeSettings): OutcomeVerdict | undefined {
  const { neededAt, progressAtEnd } = consequences;
  if (callIndex > 0 || neededAt !== undefined || progressAtEnd < settings.quietProgress) return undefined;
  return { rule: "nothing-needed", reason: "Nothing that was seen in this step was asked for or of use later." };
}

function judgeEnd(
  { callIndex, action, consequences }: TurnSummary,
  settings: OutcomeSettings,
  credited: ReadonlySet<TurnId>,
): OutcomeVerdict | undefined {
  if (action === undefined || !action.valid || action.fallback) return undefined;
  if (consequences.consulted.some((id) => credited.has(id))) {
    return { rule: "enough-found", reason: "It ended consulting after a look-up that led to a gain." };
  }
  if (callIndex > 0 || consequences.recalls || consequences.progressAtEnd < settings.quietProgress) return undefined;
  return { rule: "nothing-to-look-up", reason: "The observation asks for nothing that was seen before." };
}

function isCredit({ fit, gain }: { fit: LookupFit; gain: Gain }, settings: OutcomeSettings): boolean {
  if (gain.afterSteps > settings.withinSteps) return false;
  return fit === "named" || (fit === "silent" && settings.lookupFit === "not-contradicted");
}

function later({ afterSteps }: Gain): string {
  return afterSteps === 0 ? "in the same step" : `${count(afterSteps, "step")} later`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
