/** The test of the gate, pair by pair, as `src/campaign/gate/confirm.ts` has it; here without missing pairs, and fast. A test holds that they agree. */
import { SignFlipWalk } from "../../../../src/metrics/sequential/sign-flip.ts";
import { stageSpending } from "../../../../src/metrics/sequential/spending.ts";
import { gaveUp, isStage, type Rival, type Staged } from "./rival.ts";

export function groupSignFlip(settings: Staged): Rival {
  return {
    name: "group-sequential sign-flip",
    begin: (level) => {
      const walk = new SignFlipWalk();
      const seen: number[] = [];
      return (difference) => {
        seen.push(difference);
        walk.add(difference);
        if (!isStage(seen.length, settings)) return undefined;
        const spent = stageSpending(level, seen.length / settings.last, settings.exponent);
        if (walk.stage(spent).crossed) return "accept";
        return gaveUp(seen, level, settings);
      };
    },
  };
}
