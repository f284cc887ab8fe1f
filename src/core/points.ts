/** A difference of shares as people read it. */

/** Percentage points, signed: "+1.5", "-0.4", "0.0" (no sign for what rounds to nothing). "-" if unknown. */
export function points(share: number | undefined): string {
  if (share === undefined) return "-";
  const rounded = (100 * share).toFixed(1);
  if (Number(rounded) === 0) return "0.0";
  return share > 0 ? `+${rounded}` : rounded;
}
