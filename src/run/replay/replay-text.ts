/** A replay's report as text: for people, and for reviewers. Deterministic; says no times. */
import { createTwoFilesPatch, OMIT_HEADERS } from "diff";
import type { ReplayReport } from "./replay-scaffold.ts";
import type { StepDifference } from "./step-difference.ts";

/** Characters of one shown difference at most. */
const differenceCharacters = 3_000;

/** Totals first, then the first differences as unified diffs. */
export function replayText(report: ReplayReport): string {
  return [...headLines(report), ...report.first.map(differenceText)].join("\n");
}

/** The differing lines of one kind of one step, `-` recorded, `+` now. A long one is cut, and says so. */
export function differenceText({ stepIndex, kind, recorded, now }: StepDifference): string {
  const patch = createTwoFilesPatch("recorded", "now", `${recorded}\n`, `${now}\n`, undefined, undefined, {
    context: 1,
    headerOptions: OMIT_HEADERS,
  });
  const cut = patch.length - differenceCharacters;
  const shown = cut > 0 ? `${patch.slice(0, differenceCharacters)}\n[${cut} more characters]\n` : patch;
  return `\n## step ${stepIndex}: ${kind}\n${shown.trimEnd()}`;
}

function headLines(report: ReplayReport): string[] {
  const { scaffold, recordedScaffold, hookWrites } = report;
  const same =
    scaffold.hash === recordedScaffold.hash
      ? ", the one that was recorded"
      : `; recorded with ${recordedScaffold.name} ${recordedScaffold.version}`;
  const lines = [
    `${report.episode}: ${report.steps} steps replayed with ${scaffold.name} ${scaffold.version} (${scaffold.hash.slice(0, 10)})${same}.`,
  ];
  if (report.failure !== undefined) {
    lines.push(`FAILED at step ${report.failure.stepIndex}, hook ${report.failure.hook}: ${report.failure.message}`);
  }
  const kinds = Object.entries(report.differences).map(([kind, steps]) => `${kind} in ${steps}`);
  lines.push(
    kinds.length === 0 ? "Nothing differs." : `Steps that differ: ${report.differentSteps} (${kinds.join(", ")}).`,
  );
  lines.push(...seedLines(report));
  for (const phase of ["log", "plan"] as const) {
    const { recorded, now, largestNow } = report.prompts[phase];
    if (recorded + now > 0) {
      lines.push(
        `${phase.toUpperCase()} prompts: ${now} characters in all, recorded ${recorded}; the largest has ${largestNow}.`,
      );
    }
  }
  if (report.newlyRefused > 0) {
    lines.push(`Operations refused that had run: ${report.newlyRefused} of ${report.ranRecorded}.`);
  }
  if (report.rejections.now + report.rejections.recorded > 0) {
    lines.push(`Actions rejected: ${report.rejections.now}, recorded ${report.rejections.recorded}.`);
  }
  if (report.extraCalls > 0) lines.push(`Calls that were not recorded: ${report.extraCalls}.`);
  if (hookWrites.writes > 0) {
    lines.push(
      `Hooks wrote ${hookWrites.writes} times, ${hookWrites.characters} characters; memory grew by ${hookWrites.growth} through them.`,
    );
  }
  const work = Object.entries(report.work).map(([hook, units]) => `${hook} ${units}`);
  if (work.length > 0) lines.push(`Work of the dearest call: ${work.join(", ")}.`);
  return lines;
}

function seedLines({ seededFiles }: ReplayReport): string[] {
  const told = Object.entries(seededFiles).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what} ${names.join(", ")}`],
  );
  return told.length === 0 ? [] : [`Seeded files: ${told.join("; ")}.`];
}
