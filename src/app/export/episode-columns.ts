/** The table of episodes: a row for each planned one, finished or not. Meaning of the figures: docs/formats.md, section Figures. */
import type { EpisodeFigures, PhaseFigures } from "../../metrics/figures.ts";
import type { TimeFigures } from "../../metrics/step-times.ts";
import type { KeptEpisode } from "../run-totals.ts";
import type { Cell, CellType, Column } from "./table.ts";

export interface EpisodeRow {
  run: string;
  episode: KeptEpisode;
  model: string;
  /** `undefined` where the model played alone. */
  specialist: string | undefined;
  game: string;
  scaffold: string;
  times: TimeFigures;
}

export const episodeColumns: readonly Column<EpisodeRow>[] = [
  { name: "run", type: "text", value: ({ run }) => run },
  { name: "episode", type: "text", value: ({ episode }) => episode.key },
  { name: "task", type: "text", value: ({ episode }) => episode.task },
  { name: "seed", type: "integer", value: ({ episode }) => episode.seed },
  { name: "status", type: "text", value: ({ episode }) => episode.status },
  { name: "attempts", type: "integer", value: ({ episode }) => episode.attempts },
  { name: "failure", type: "text", value: ({ episode }) => episode.failure?.code },
  { name: "failure_message", type: "text", value: ({ episode }) => episode.failure?.message },
  { name: "game", type: "text", value: ({ game }) => game },
  { name: "model", type: "text", value: ({ model }) => model },
  { name: "specialist", type: "text", value: ({ specialist }) => specialist },
  { name: "scaffold", type: "text", value: ({ scaffold }) => scaffold },
  { name: "record", type: "text", value: ({ episode }) => episode.recordHash },
  // Of a finished episode only: a missing one has no score.
  { name: "score", type: "number", value: ({ episode }) => episode.record?.end.progress },
  { name: "return", type: "number", value: ({ episode }) => episode.record?.end.episodeReturn },
  { name: "end_reason", type: "text", value: ({ episode }) => episode.record?.end.reason },
  { name: "steps", type: "integer", value: ({ episode }) => episode.record?.end.steps },
  figure("writes", "integer", ({ writes }) => writes),
  figure("searches", "integer", ({ searches }) => searches),
  figure("write_search_ratio", "number", ({ writeSearchRatio }) => writeSearchRatio),
  figure("empty_searches", "integer", ({ emptySearches }) => emptySearches),
  figure("empty_search_share", "number", ({ emptySearchShare }) => emptySearchShare),
  figure("scaffold_writes", "integer", ({ scaffoldWrites }) => scaffoldWrites),
  figure("written_lines", "integer", ({ writtenLines }) => writtenLines),
  figure("redundant_lines", "integer", ({ redundantLines }) => redundantLines),
  figure("redundant_share", "number", ({ redundantShare }) => redundantShare),
  figure("seeded_characters", "integer", ({ seededCharacters }) => seededCharacters),
  figure("final_characters", "integer", ({ finalCharacters }) => finalCharacters),
  figure("growth_per_step", "number", ({ growthPerStep }) => growthPerStep),
  figure("context_characters_per_call", "number", (figures) => figures.contextCharactersPerCall),
  figure("format_failures_per_call", "number", (figures) => figures.formatFailuresPerCall),
  figure("actions", "integer", ({ actions }) => actions),
  figure("invalid_actions", "integer", ({ invalidActions }) => invalidActions),
  figure("rejected_actions", "integer", ({ rejectedActions }) => rejectedActions),
  figure("fallback_actions", "integer", ({ fallbackActions }) => fallbackActions),
  figure("fallback_share", "number", ({ fallbackShare }) => fallbackShare),
  figure("unchanged_actions", "integer", ({ unchangedActions }) => unchangedActions),
  figure("oscillating_actions", "integer", ({ oscillatingActions }) => oscillatingActions),
  figure("unproductive_share", "number", ({ unproductiveShare }) => unproductiveShare),
  ...phaseColumns("log", ({ log }) => log),
  ...phaseColumns("plan", ({ plan }) => plan),
  figure("speakers", "text", ({ speakers }) => speakers && JSON.stringify(speakers)),
  seconds("model_seconds", ({ modelSeconds }) => modelSeconds),
  seconds("game_seconds", ({ gameSeconds }) => gameSeconds),
  seconds("automem_seconds", ({ harnessSeconds }) => harnessSeconds),
];

function figure(name: string, type: CellType, pick: (figures: EpisodeFigures) => Cell): Column<EpisodeRow> {
  return { name, type, value: ({ episode }) => episode.figures && pick(episode.figures) };
}

/** Counts by name are JSON objects. */
function phaseColumns(phase: string, of: (figures: EpisodeFigures) => PhaseFigures): Column<EpisodeRow>[] {
  const column = (name: string, type: CellType, pick: (figures: PhaseFigures) => Cell) =>
    figure(`${phase}_${name}`, type, (figures) => pick(of(figures)));
  return [
    column("calls", "integer", ({ calls }) => calls),
    column("cut_replies", "integer", ({ cutReplies }) => cutReplies),
    column("prompt_tokens", "integer", ({ promptTokens }) => promptTokens),
    column("cached_tokens", "integer", ({ cachedTokens }) => cachedTokens),
    column("generated_tokens", "integer", ({ generatedTokens }) => generatedTokens),
    column("unknown_prompt_tokens", "integer", ({ unknownPromptTokens }) => unknownPromptTokens),
    column("unknown_cached_tokens", "integer", ({ unknownCachedTokens }) => unknownCachedTokens),
    column("unknown_generated_tokens", "integer", ({ unknownGeneratedTokens }) => unknownGeneratedTokens),
    column("context_characters", "integer", ({ contextCharacters }) => contextCharacters),
    column("operations", "text", ({ operations }) => JSON.stringify(operations)),
    column("refused", "text", ({ refused }) => JSON.stringify(refused)),
    column("format_failures", "text", ({ formatFailures }) => JSON.stringify(formatFailures)),
    column("ends", "text", ({ ends }) => JSON.stringify(ends)),
  ];
}

/** Unknown where no times were kept. */
function seconds(name: string, pick: (times: TimeFigures) => number): Column<EpisodeRow> {
  return { name, type: "number", value: ({ times }) => (times.steps === 0 ? undefined : pick(times)) };
}
