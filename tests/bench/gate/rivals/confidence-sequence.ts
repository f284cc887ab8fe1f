/** Accepts once an asymptotic confidence sequence leaves out 0. */
import { gaveUp, isStage, Moments, type Rival, type Staged } from "./rival.ts";

/** Asymptotic confidence sequence, one-sided (Waudby-Smith and others 2024), tightest at 30 pairs. */
export function asymptoticSequence(settings: Staged): Rival {
  return {
    name: "asymptotic confidence sequence",
    begin: (level) => {
      const moments = new Moments();
      const outside = 2 * level;
      const tuning = (-2 * Math.log(outside) + Math.log(-2 * Math.log(outside) + 1)) / 30;
      const seen: number[] = [];
      return (difference) => {
        moments.add(difference);
        seen.push(difference);
        const { count } = moments;
        if (count < settings.first) return undefined;
        const scaled = count * tuning + 1;
        const needed = Math.sqrt(((2 * scaled) / (count * tuning)) * Math.log(1 + Math.sqrt(scaled) / outside));
        if (moments.t() >= needed) return "accept";
        if (isStage(count, settings)) return gaveUp(seen, level, settings);
        return undefined;
      };
    },
  };
}
