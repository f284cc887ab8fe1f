/** Settings of the selector `outcome`; part of the recipe. All have defaults. */
import * as v from "valibot";
import { longestWaitSteps } from "../../candidates/found-lines.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const OutcomeSettings = v.strictObject({
  /** Steps from a look-up to the gain it counts for, at most. 0: the action of its own step must gain. Default 5. */
  withinSteps: v.optional(v.pipe(Count, v.maxValue(longestWaitSteps)), 5),
  /**
   * `named`: what was found must name the action taken, and the one that gained. `not-contradicted`: it may also name no action at all. Where notes
   * hold answers the game asks for (courier) both come to the same; where they hold places and plans nothing is `named`.
   */
  lookupFit: v.optional(v.picklist(["named", "not-contradicted"]), "not-contradicted"),
  /** Of the lines that a turn wrote, the share that must have been found and have led to a gain. Default 0.5. */
  usefulShare: v.optional(Share, 0.5),
  /**
   * Of the words of a turn's lines, or of the keywords it looked up, the share that must stand in the step's observation (for the first LOG, also in
   * step 0's). 1: it may only say what it saw, as where notes are copied (courier); a name made up twice in the same way leads to gains too, and
   * is learnt otherwise. Default 0: notes may be in the model's own words.
   */
  groundedShare: v.optional(Share, 0),
  /** Lines at most in a turn that stood in memory already. Default 0. */
  redundantLines: v.optional(Count, 0),
  /**
   * `clean`: a turn with a refused or malformed operation may be kept if another one of it ran; the clean-up takes the bad one out. `none`: it may not.
   * A turn cut by the token limit never is.
   */
  faults: v.optional(v.picklist(["clean", "none"]), "clean"),
  /** Final progress an episode must have reached for its quiet turns (`nothing`, and `end` without a look-up). Default 0. */
  quietProgress: v.optional(Share, 0),
  /** Kinds it chooses among. */
  kinds: v.optional(v.array(v.picklist(["write", "nothing", "lookup", "end"])), ["write", "nothing", "lookup", "end"]),
});
export type OutcomeSettings = v.InferOutput<typeof OutcomeSettings>;
