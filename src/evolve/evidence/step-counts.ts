/** Counts of a stretch of steps, for a row of an index. */
import type { EntryOf, RecordedStep } from "./recorded-step.ts";
import { percent } from "./recorded-step.ts";

export class StepCounts {
  steps = 0;
  progress = 0;
  rewardEvents = 0;
  invalid = 0;
  unchanged = 0;
  fallbacks = 0;
  operations = 0;
  writes = 0;
  emptySearches = 0;
  redundantWrites = 0;
  lostFacts = 0;

  static readonly titles =
    "| steps | file | progress after | reward events | operations | writes | invalid | fallback | unchanged | empty searches | redundant writes | lost facts |";

  add(step: RecordedStep, outcome: EntryOf<"observation"> | undefined): void {
    this.steps++;
    this.progress = (outcome ?? step.observation).progress;
    const before = step.observation.observation;
    const after = outcome?.observation;
    if ((outcome?.transition?.reward ?? 0) > 0) this.rewardEvents++;
    if (outcome?.transition?.valid === false) this.invalid++;
    if (after !== undefined && after.long === before.long && after.short === before.short) this.unchanged++;
    for (const entry of step.entries) {
      if (entry.kind === "action" && entry.fallback) this.fallbacks++;
      if (entry.kind !== "operation" || entry.actor !== "model") continue;
      this.operations++;
      if (entry.writes !== undefined) this.writes++;
    }
    const count = (kind: string) => step.trouble.filter((found) => found.kind === kind).length;
    this.emptySearches += count("empty-search");
    this.redundantWrites += count("redundant-write");
    this.lostFacts += count("lost-fact");
  }

  row(steps: string, file: string): string {
    const counts = [
      this.rewardEvents,
      this.operations,
      this.writes,
      this.invalid,
      this.fallbacks,
      this.unchanged,
      this.emptySearches,
      this.redundantWrites,
      this.lostFacts,
    ];
    return `| ${[steps, file, percent(this.progress), ...counts].join(" | ")} |`;
  }
}

/** The line below a table's titles. */
export function ruleBelow(titles: string): string {
  return titles.replaceAll(/[^|]+/g, "---");
}
