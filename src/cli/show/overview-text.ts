/** A run and an episode as text: what was played, what came of it, how memory was used. */

import { countsText, figureRows, phaseRows } from "../../app/figure-rows.ts";
import type { EpisodeSummary, RunOverview } from "../../app/inspect.ts";
import { amount, duration, percent } from "../../app/units.ts";
import { commandText } from "../../core/shell-words.ts";
import { table } from "../table.ts";
import { printable } from "../terminal.ts";

export function runText(run: RunOverview): string {
  const { record, progression, episodes } = run;
  const missing = progression.missing;
  const range =
    progression.low === undefined ? "" : ` (95 % interval ${percent(progression.low)} to ${percent(progression.high)})`;
  const lines = [
    `Run ${run.id}, ${run.created}${run.heldBy === undefined ? "" : `, being played by process ${run.heldBy}`}`,
    `  game      ${record.game.name} ${record.game.version}`,
    `  model     ${record.model.name}${record.model.contextTokens ? `, ${record.model.contextTokens} tokens` : ""}`,
    ...(record.specialist ? [`  specialist ${specialistText(record.specialist)}`] : []),
    `  scaffold  ${printable(run.scaffold)} (${record.scaffold.slice(0, 12)})`,
    `  command   ${commandText(run.commandLine)}`,
    `  score     ${percent(progression.mean)}${range}, ${progression.count} of ${episodes.length} episodes${missing > 0 ? `, ${missing} MISSING` : ""}`,
  ];
  if (progression.tasks.length > 1) {
    for (const task of progression.tasks) {
      lines.push(
        `            ${task.task}: ${percent(task.mean)}, ${task.count} episodes${task.missing > 0 ? `, ${task.missing} missing` : ""}`,
      );
    }
  }
  const rows = episodes.map((episode) => [
    episode.key,
    episode.status,
    String(episode.steps),
    percent(episode.progress),
    String(episode.attempts),
    episode.failure ? `${episode.failure.code}: ${firstLine(episode.failure.message)}` : "",
  ]);
  const columns = [
    { title: "episode" },
    { title: "state" },
    { title: "steps", align: "right" as const },
    { title: "score", align: "right" as const },
    { title: "attempts", align: "right" as const },
    { title: "" },
  ];
  lines.push("", table(columns, rows));
  // A run of one episode is followed by that episode's own figures.
  if (run.figures.episodes > 0 && episodes.length > 1) lines.push("", ...totalsLines(run));
  if (missing > 0) lines.push("", `${missing} episodes are owed. Play them: automem resume ${run.id}`);
  return lines.join("\n");
}

function specialistText({ model, adapter }: NonNullable<RunOverview["record"]["specialist"]>): string {
  const context = model.contextTokens ? `, ${model.contextTokens} tokens` : "";
  return `${model.name}${context}${adapter === undefined ? "" : `, adapter ${adapter.slice(0, 12)}`}`;
}

/** Figures over the finished episodes. */
function totalsLines(run: RunOverview): string[] {
  const columns = [{ title: "finished episodes" }, { title: "", align: "right" as const }];
  const rows = figureRows.map(({ name, text }) => [name, text(run)]);
  const titles = { operations: "operations", refused: "refused", formatFailures: "format failures", ends: "ended by" };
  const counts = (["operations", "refused", "formatFailures", "ends"] as const).flatMap((pick) =>
    phaseRows(run.figures, pick).map(({ phase, text }) => `${phase} ${titles[pick]}: ${text}`),
  );
  return [table(columns, rows), ...counts, ...speakerLines(run.figures.speakers)];
}

/** Calls and tokens of each of two models; none where one played alone. */
function speakerLines(speakers: unknown): string[] {
  if (typeof speakers !== "object" || speakers === null) return [];
  return Object.entries(speakers as Record<string, Record<string, unknown>>).map(([speaker, counts]) => {
    const tokens = `${known(counts.promptTokens)} tokens in (${known(counts.cachedTokens)} cached), ${known(counts.generatedTokens)} out`;
    return `${`${speaker}:`.padEnd(12)} ${amount(Number(counts.calls ?? 0))} calls, ${tokens}`;
  });
}

interface Times {
  steps: number;
  modelSeconds: number;
  gameSeconds: number;
  harnessSeconds: number;
}

export function episodeText(name: string, summary: EpisodeSummary, times: Times): string {
  const { start, end, steps, progress, record } = summary;
  const state = end ? `ended (${end.reason})` : "under way";
  const lines = [
    `Episode ${name}: task ${start.task}, seed ${start.seed}`,
    `  ${state} after ${steps} of at most ${start.maxSteps} steps, score ${percent(progress)}${end ? `, return ${end.episodeReturn.toFixed(2)}` : ""}`,
  ];
  if (record) lines.push(...figureLines(record.figures));
  if (times.steps > 0) {
    const all = (times.modelSeconds + times.gameSeconds + times.harnessSeconds) * 1000;
    lines.push(
      `  time      ${duration(all)}: model ${times.modelSeconds.toFixed(1)} s, game ${times.gameSeconds.toFixed(2)} s, automem ${times.harnessSeconds.toFixed(2)} s`,
    );
  }
  if (!record) lines.push("  Figures about memory come with the end of the episode.");
  lines.push("", `More: automem show ${name} --steps | --step N | --memory N${end ? "" : " | --follow"}`);
  return lines.join("\n");
}

/** Figures of the record; every one comes from the trace alone. */
function figureLines(figures: Record<string, unknown>): string[] {
  const number = (key: string) => (typeof figures[key] === "number" ? (figures[key] as number) : undefined);
  const ratio = (key: string, digits = 2) => number(key)?.toFixed(digits) ?? "-";
  const lines: string[] = [];
  for (const phase of ["log", "plan"]) {
    const value = figures[phase];
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    const counts = value as Record<string, unknown>;
    const calls = Number(counts.calls ?? 0);
    const tokens = `${known(counts.promptTokens)} tokens in (${known(counts.cachedTokens)} cached), ${known(counts.generatedTokens)} out`;
    lines.push(`  ${phase.toUpperCase().padEnd(9)} ${calls} calls, ${tokens}`);
    const operations = countsText(counts.operations);
    if (operations) lines.push(`            operations: ${operations}`);
    const failures = countsText(counts.formatFailures);
    if (failures) lines.push(`            format failures: ${failures}`);
    const refused = countsText(counts.refused);
    if (refused) lines.push(`            refused: ${refused}`);
    const ends = countsText(counts.ends);
    if (ends) lines.push(`            ended by: ${ends}`);
  }
  lines.push(...speakerLines(figures.speakers).map((line) => `  ${line}`));
  lines.push(
    `  memory    ${number("writes") ?? 0} writes, ${number("searches") ?? 0} look-ups (write:search ${ratio("writeSearchRatio")}), ${number("emptySearches") ?? 0} empty searches (${percent(number("emptySearchShare"))}), ${percent(number("redundantShare"))} of written lines redundant`,
    `            ${number("seededCharacters") ?? 0} characters at the start, ${number("finalCharacters") ?? 0} at the end (${ratio("growthPerStep", 1)} a step)`,
    `  context   ${ratio("contextCharactersPerCall", 0)} characters a call, ${ratio("formatFailuresPerCall", 3)} format failures a call`,
    `  actions   ${number("actions") ?? 0}: ${number("invalidActions") ?? 0} invalid, ${number("fallbackActions") ?? 0} fallback (${percent(number("fallbackShare"))}), ${number("rejectedActions") ?? 0} rejected, ${percent(number("unproductiveShare"))} unproductive`,
  );
  return lines;
}

function firstLine(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 100 ? `${line.slice(0, 100)}...` : line;
}

/** A count, or "?" where no call's server said one. */
function known(count: unknown): string {
  return typeof count === "number" ? amount(count) : "?";
}
