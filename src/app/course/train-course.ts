/** The course of a campaign of `train`. */
import type { App } from "../app.ts";
import { spentInLine, type TrainCampaign } from "../train/trainings.ts";
import type { TrialRow } from "../train/trial-row.ts";
import { type Course, courseIntervals, playedOnSelect, scoreOf, spendingCourse } from "./course.ts";

/** `trials` as `trainOverview` has them. Throws `StoreError`. */
export async function trainCourse(
  app: App,
  { id, record }: TrainCampaign,
  trials: readonly TrialRow[],
): Promise<Course> {
  const store = await app.store();
  const log = await store.campaigns.viewLog(id);
  const begunWith = record.specialist ?? "base-alone";
  const startLine = `play/select/${begunWith.slice(0, 16)}/`;
  const partOf = (name: string) => (name.startsWith(startLine) ? "start" : partOfLine(name));
  const { until, costs, total } = await spendingCourse(log, "start", partOf, (name) => spentInLine(log, name));
  const tried: Course["tried"] = [];
  const accepted: Course["accepted"] = [];
  const start = await playedOnSelect(log, begunWith);
  if (start !== undefined) accepted.push({ key: "start", spent: until(start.name), score: start.score });
  for (const trial of trials) {
    if (trial.record === undefined) continue;
    const { configurations } = await store.records.get(trial.record, "automem.trial/1");
    const spent = until(`trial/${trial.key}`);
    for (const [index, { select }] of configurations.entries()) {
      if (select === undefined) continue;
      const key = trial.configurations[index]!.key;
      const score = scoreOf((await store.records.get(select, "automem.evaluation/1")).episodes);
      const best = index === trial.best;
      tried.push({ key, spent, score, outcome: best ? trial.outcome : "not the best of its trial" });
      if (best && trial.outcome === "accepted") accepted.push({ key, spent, score });
    }
  }
  return { tried, accepted, costs, total, intervals: courseIntervals };
}

/** Play between trials collects what the next ones learn from. */
function partOfLine(name: string): string | undefined {
  if (name === "report/opened") return "report";
  if (name.startsWith("play/train/")) return "collection";
  return /^decide\/(t\d+)(\/|$)/.exec(name)?.[1];
}
