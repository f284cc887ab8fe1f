/** What a revision has from the package it was made from is not held against it: the campaign chose that one to begin with. */
import { type CheckLine, warnLine } from "../../core/check-line.ts";
import type { Scaffold } from "../../core/scaffold.ts";
import type { RecordedEpisode } from "../../run/replay/recorded-episode.ts";
import { type ReplayReport, replayScaffold } from "../../run/replay/replay-scaffold.ts";
import { memoryRuleLines } from "./memory-rules.ts";

/** How much worse than its parent's a measure may be and still be the parent's: a tenth. */
const leeway = 1.1;

/** The lines, with failures that the parent has as badly over the same episode turned into warnings. */
export async function withoutInherited(
  lines: readonly CheckLine[],
  report: ReplayReport,
  parent: Scaffold | undefined,
  episode: RecordedEpisode,
  signal: AbortSignal | undefined,
): Promise<CheckLine[]> {
  if (parent === undefined || lines.every(({ status }) => status !== "fail")) return [...lines];
  const before = await replayScaffold(parent, episode, { limitSteps: report.steps, details: 0, signal });
  const failedBefore = new Set(
    memoryRuleLines(before).flatMap(({ name, status }) => (status === "fail" ? [name] : [])),
  );
  if (isWorse(report, before)) return [...lines];
  return lines.map((line) =>
    line.status === "fail" && failedBefore.has(line.name)
      ? warnLine(line.name, line.found, `So it is with the scaffold it was made from. ${line.cost}`)
      : line,
  );
}

function isWorse(now: ReplayReport, before: ReplayReport): boolean {
  const measures = ({ hookWrites, newlyRefused }: ReplayReport) => [
    hookWrites.growth,
    hookWrites.keptObservations,
    hookWrites.foreseenLines,
    newlyRefused,
  ];
  const limits = measures(before);
  return measures(now).some((value, index) => value > (limits[index] ?? 0) * leeway);
}
