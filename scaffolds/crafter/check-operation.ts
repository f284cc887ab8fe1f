/** The operation CHECK: ticks an achievement in the checklist. */
import type { HandlerOutcome, OwnOperation } from "automem";
import { achievementOf, tickedCount, withTick } from "./checklist.ts";
import { achievements } from "./rules.ts";
import type { Tracker } from "./tracker.ts";

export const checklistFile = "checklist.txt";

export const checkOperation: OwnOperation<Tracker> = {
  name: "CHECK",
  phases: ["log"],
  effect: "write",
  arguments: ["name"],
  help: "ticks an achievement in checklist.txt. Example: <|CHECK|>collect wood<|END|>",
  run(ctx, [written = ""]): HandlerOutcome {
    const achievement = achievementOf(written);
    if (achievement === undefined) {
      return { status: "refused", text: `"${written}" is no achievement. They are: ${achievements.join(", ")}.` };
    }
    const text = withTick(ctx.memory.read(checklistFile) ?? "", achievement);
    if (text === undefined) return { text: `${achievement} is ticked already.` };
    return {
      text: `Ticked ${achievement}: ${tickedCount(text)} of ${achievements.length}.`,
      writes: [{ file: checklistFile, text }],
    };
  },
};
