/**
 * The rules of reviewing that can be measured: memory stays in the model's hands. Judged over a replay, from what the scaffold's own hooks
 * wrote; the model's writes do not count. Pure. Rules and their reasons: docs/scaffolds.md, "What a revision may not do".
 */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import type { ReplayReport } from "../../run/replay/replay-scaffold.ts";

export const memoryRules = {
  /**
   * Steps whose observation lines, copied by hooks, may stand in memory at one time. A snapshot that is rewritten holds one; a place, an
   * inventory and a vital sign kept in files of their own hold a few. More is a buffer of the past that nobody chose.
   */
  keptObservations: 8,
  /**
   * Characters a step by which hooks may let memory grow, on average. A status that is rewritten grows by none; a line for a step that the
   * model logged nothing of, now and then, by a few; a log that writes itself by fifty and more.
   */
  growthPerStep: 40,
  /** Fewer steps prove nothing about growth. */
  stepsToJudge: 10,
  /** Lines written before any observation showed them: one or two may be chance. */
  foreseenLines: 3,
  /** Share of the model's operations that had run and that are refused now. */
  refusedShare: 0.5,
  /** Fewer operations prove nothing about refusals. */
  operationsToJudge: 8,
} as const;

/** Findings of one replay. */
export function memoryRuleLines(report: ReplayReport): CheckLine[] {
  return [historyLine(report), growthLine(report), foreseenLine(report), refusedLine(report)];
}

function historyLine({ hookWrites, episode }: ReplayReport): CheckLine {
  const { keptObservations, writes } = hookWrites;
  const name = `history buffer, ${episode}`;
  if (keptObservations <= memoryRules.keptObservations) {
    return okLine(
      name,
      writes === 0 ? "hooks wrote nothing" : `hooks wrote ${writes} times and kept no log of observations`,
    );
  }
  return failLine(
    name,
    `lines of ${keptObservations} observations, copied by afterLog or beforePlan, stand in memory at one time; at most ${memoryRules.keptObservations} may.`,
    "Leave it to the model what is worth keeping: give it an operation, a file or a prompt for it, or keep the newest snapshot only.",
  );
}

function growthLine({ hookWrites, steps, episode }: ReplayReport): CheckLine {
  const name = `memory in the model's hands, ${episode}`;
  const perStep = steps === 0 ? 0 : hookWrites.growth / steps;
  const found = `hooks let memory grow by ${Math.round(perStep)} characters a step`;
  if (perStep <= memoryRules.growthPerStep || hookWrites.growth <= 0) return okLine(name, found);
  if (steps < memoryRules.stepsToJudge) {
    return warnLine(name, `${found}, over ${steps} steps`, "Too few steps to judge; more would be refused.");
  }
  return failLine(
    name,
    `${found}; at most ${memoryRules.growthPerStep} are allowed.`,
    "This is a log that writes itself, and no skill of the model. Rewrite one file with the present state, or let the model write.",
  );
}

function foreseenLine({ hookWrites, episode }: ReplayReport): CheckLine {
  const name = `nothing before it is seen, ${episode}`;
  const { foreseenLines, firstForeseen } = hookWrites;
  const [first] = firstForeseen;
  if (foreseenLines < memoryRules.foreseenLines || first === undefined) {
    return okLine(name, "hooks wrote nothing that was seen for the first time later");
  }
  return failLine(
    name,
    `hooks wrote ${foreseenLines} lines before any observation showed them; at step ${first.stepIndex} ${JSON.stringify(first.line.slice(0, 80))}, seen at step ${first.seenAtStep}.`,
    "The package knows these very episodes, or notes outcomes before they are seen. Take that knowledge out.",
  );
}

function refusedLine({ newlyRefused, ranRecorded, episode }: ReplayReport): CheckLine {
  const name = `operations that ran still run, ${episode}`;
  const found = `${newlyRefused} of ${ranRecorded} are refused now`;
  if (ranRecorded === 0 || newlyRefused / ranRecorded <= memoryRules.refusedShare) return okLine(name, found);
  if (ranRecorded < memoryRules.operationsToJudge) return warnLine(name, found, "Too few operations to judge.");
  return failLine(
    name,
    `${found}.`,
    "Refuse single operations for a reason that the model can act on, such as a repetition; not most of them.",
  );
}
