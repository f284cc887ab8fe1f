/** How much the trace says that a turn helped: a number in [0, 1], comparable within a kind. Pure. */
import type { Gain, LookupFit, TurnSummary } from "./turn.ts";

/** A gain a step later counts for a tenth less. */
const discount = 0.9;
const silentWeight = 0.5;
/** Of a turn that rightly did nothing: nothing speaks against it, and nothing for it. */
const quietValue = 0.5;

/**
 * `lookup`: `0.9 ^ afterSteps` of its gain, half if what it found names no action, 0 if it does not fit or found nothing. `write`: the mean of the same over its
 * lines, a line that stood there already or was never of use counting 0. `nothing`: one half unless what was seen was needed later. `end`: the
 * best of the look-ups before it, or one half if there was nothing to look up. Others: 0.
 */
export function turnValue(
  { kind, consequences }: Pick<TurnSummary, "kind" | "consequences">,
  consulted: number[],
): number {
  const { lookup, lines, neededAt, recalls } = consequences;
  if (kind === "lookup") {
    return lookup?.gain === undefined || lookup.found === 0 ? 0 : gainValue(lookup.fit, lookup.gain);
  }
  if (kind === "write") {
    const sum = lines.reduce((total, { credit }) => total + (credit ? gainValue(credit.fit, credit.gain) : 0), 0);
    return lines.length === 0 ? 0 : sum / lines.length;
  }
  if (kind === "nothing") return neededAt === undefined ? quietValue : 0;
  if (kind !== "end") return 0;
  return consulted.length > 0 ? Math.max(...consulted) : recalls ? 0 : quietValue;
}

function gainValue(fit: LookupFit, { afterSteps }: Gain): number {
  if (fit === "other") return 0;
  return discount ** afterSteps * (fit === "silent" ? silentWeight : 1);
}
