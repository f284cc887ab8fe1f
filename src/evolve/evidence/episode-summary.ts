/** What an episode is and what points at trouble in it: summary.md and trouble.md. */
import type { CallEntry } from "../../core/journal.ts";
import type { EpisodeFigures, PhaseFigures, SpeakerFigures } from "../../metrics/figures.ts";
import { type TroubleFound, troublesKept } from "../../metrics/trouble/trouble.ts";
import type { EvidenceEpisode } from "./evidence-folder.ts";
import { inline, quoted } from "./plain-text.ts";
import { textOf } from "./prompt-changes.ts";
import { type EntryOf, percent, plainNumber } from "./recorded-step.ts";
import { troubleLine } from "./step-text.ts";

export interface EpisodeFrame {
  start: EntryOf<"episode-start">;
  end: EntryOf<"episode-end"> | undefined;
  /** Its first call of each phase. */
  firstCalls: { log?: CallEntry; plan?: CallEntry };
}

export function summaryLines(episode: EvidenceEpisode, { start, end, firstCalls }: EpisodeFrame): string[] {
  return [
    `# ${inline(episode.task)}, seed ${episode.seed} (${episode.role})`,
    "",
    `${episode.steps} steps of ${start.maxSteps} · progress ${percent(episode.progress)} · ended: ${end?.reason ?? "not yet"}`,
    ...(end === undefined ? [] : [`sum of rewards ${plainNumber(end.episodeReturn)}`]),
    `scaffold ${inline(start.scaffold.name)} ${inline(start.scaffold.version)}, ${start.scaffold.hash}`,
    `game options ${inline(JSON.stringify(start.gameOptions))}`,
    "",
    "## The game's instruction",
    ...quoted(start.instruction),
    "",
    `## Actions (default ${inline(start.defaultAction)})`,
    ...quoted(start.actions.map(({ name, description }) => `${name}: ${description}`).join("\n")),
    "",
    "## Figures",
    ...figureLines(episode.figures),
    "",
    "## Memory folder at the start",
    ...(Object.keys(start.files).length === 0 ? ["(no files)"] : []),
    ...Object.entries(start.files).flatMap(([name, text]) => [
      `${inline(name)} (${text.length} characters)`,
      ...quoted(text),
    ]),
    "",
    ...firstPrompt("LOG", firstCalls.log),
    ...firstPrompt("PLAN", firstCalls.plan),
  ];
}

/** `pageOf`: the page that has a step. */
export function troubleLines({ trouble }: EvidenceEpisode, pageOf: (step: number) => string): string[] {
  const { counts } = trouble;
  const at = (step: number) => `step ${step} (${pageOf(step)}): `;
  const each = (found: readonly TroubleFound[]) => found.map((one) => `- ${at(one.step)}${troubleLine(one)}`);
  const cut = (count: number) => (count > troublesKept ? `, the first ${troublesKept}` : "");
  return [
    "# Trouble",
    "",
    `## Lost facts (${counts.lostFacts}${cut(counts.lostFacts)})`,
    ...each(trouble.lostFacts.map(({ kind: loss, ...fact }) => ({ kind: "lost-fact", loss, ...fact }))),
    "",
    `## Longest stretches without reward or progress (${counts.stillSteps} such steps in all)`,
    ...trouble.stillStretches.map(
      ({ fromStep, toStep }) => `- steps ${fromStep} to ${toStep} (${toStep - fromStep + 1}), from ${pageOf(fromStep)}`,
    ),
    "",
    `## Unused files (${trouble.unusedFiles.length})`,
    ...trouble.unusedFiles.map((name) => `- ${inline(name)}`),
    "",
    `## Empty searches (${counts.emptySearches}${cut(counts.emptySearches)})`,
    ...each(trouble.emptySearches.map((search) => ({ kind: "empty-search", ...search }))),
    "",
    `## Redundant writes (${counts.redundantWrites}${cut(counts.redundantWrites)})`,
    ...each(trouble.redundantWrites.map((write) => ({ kind: "redundant-write", ...write }))),
  ];
}

function figureLines({ log, plan, speakers, ...whole }: EpisodeFigures): string[] {
  const line = ([name, value]: [string, number | undefined]) =>
    `- ${words(name)}: ${value === undefined ? "-" : plainNumber(value)}`;
  return [
    ...Object.entries(whole).map(line),
    ...groupLines("LOG", log),
    ...groupLines("PLAN", plan),
    ...Object.entries(speakers ?? {}).flatMap(([speaker, figures]) => groupLines(speaker, figures)),
  ];
}

function groupLines(title: string, figures: PhaseFigures | SpeakerFigures): string[] {
  return Object.entries(figures).map(([name, value]) => {
    const shown =
      typeof value === "number"
        ? plainNumber(value)
        : Object.entries(value ?? {})
            .map(([kind, count]) => `${inline(kind)} ${count}`)
            .join(", ") || "-";
    return `- ${title} ${words(name)}: ${shown}`;
  });
}

/** `emptySearchShare` as `empty search share`. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function firstPrompt(phase: string, call: CallEntry | undefined): string[] {
  if (call === undefined) return [];
  return [`## The first ${phase} prompt (step ${call.stepIndex})`, ...quoted(textOf(call.added)), ""];
}
