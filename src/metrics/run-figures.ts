/** Figures about memory over several episodes. Counts are added up; shares and ratios are those of the sums, so long episodes weigh more. */
import type { EpisodeFigures, PhaseFigures, SpeakerFigures } from "./figures.ts";
import type { TimeFigures } from "./step-times.ts";

type Counts = Record<string, number>;

export interface RunPhaseFigures {
  calls: number;
  cutReplies: number;
  /** Of the model, by name; refused ones are among them. */
  operations: Counts;
  refused: Counts;
  formatFailures: Counts;
  ends: Counts;
}

export interface RunFigures {
  /** Episodes added up. */
  episodes: number;
  steps: number;
  calls: number;
  log: RunPhaseFigures;
  plan: RunPhaseFigures;
  /** `undefined` where no specialist spoke. */
  speakers: { base: SpeakerFigures; specialist: SpeakerFigures } | undefined;
  /** `undefined` where no server said; `unknown...` counts the calls whose server did not. */
  promptTokens: number | undefined;
  cachedTokens: number | undefined;
  generatedTokens: number | undefined;
  unknownPromptTokens: number;
  unknownCachedTokens: number;
  unknownGeneratedTokens: number;
  writes: number;
  searches: number;
  writeSearchRatio: number | undefined;
  emptySearches: number;
  emptySearchShare: number | undefined;
  redundantShare: number | undefined;
  /** Characters. */
  growthPerStep: number | undefined;
  contextCharactersPerCall: number | undefined;
  formatFailures: number;
  formatFailuresPerCall: number | undefined;
  unproductiveShare: number | undefined;
  fallbackShare: number | undefined;
  invalidShare: number | undefined;
}

/** Sums and their ratios; a ratio to nothing is `undefined`. */
export function runFigures(episodes: readonly EpisodeFigures[]): RunFigures {
  const sum = (pick: (figures: EpisodeFigures) => number) =>
    episodes.reduce((total, figures) => total + pick(figures), 0);
  const phases = episodes.flatMap(({ log, plan }) => [log, plan]);
  const log = runPhase(episodes.map((figures) => figures.log));
  const plan = runPhase(episodes.map((figures) => figures.plan));
  const calls = log.calls + plan.calls;
  const failures = total(log.formatFailures) + total(plan.formatFailures);
  const ranSearches = ran(log, "SEARCH") + ran(plan, "SEARCH");
  const actions = sum((figures) => figures.actions);
  return {
    episodes: episodes.length,
    steps: sum((figures) => figures.steps),
    calls,
    log,
    plan,
    speakers: runSpeakers(episodes),
    promptTokens: sumKnown(phases.map(({ promptTokens }) => promptTokens)),
    cachedTokens: sumKnown(phases.map(({ cachedTokens }) => cachedTokens)),
    generatedTokens: sumKnown(phases.map(({ generatedTokens }) => generatedTokens)),
    unknownPromptTokens: phases.reduce((count, phase) => count + phase.unknownPromptTokens, 0),
    unknownCachedTokens: phases.reduce((count, phase) => count + phase.unknownCachedTokens, 0),
    unknownGeneratedTokens: phases.reduce((count, phase) => count + phase.unknownGeneratedTokens, 0),
    writes: sum((figures) => figures.writes),
    searches: sum((figures) => figures.searches),
    writeSearchRatio: ratio(
      sum((figures) => figures.writes),
      sum((figures) => figures.searches),
    ),
    emptySearches: sum((figures) => figures.emptySearches),
    emptySearchShare: ratio(
      sum((figures) => figures.emptySearches),
      ranSearches,
    ),
    redundantShare: ratio(
      sum((figures) => figures.redundantLines),
      sum((figures) => figures.writtenLines),
    ),
    growthPerStep: ratio(
      sum((figures) => figures.finalCharacters - figures.seededCharacters),
      actions,
    ),
    contextCharactersPerCall: ratio(
      phases.reduce((characters, phase) => characters + phase.contextCharacters, 0),
      calls,
    ),
    formatFailures: failures,
    formatFailuresPerCall: ratio(failures, calls),
    unproductiveShare: ratio(
      sum((figures) => figures.unchangedActions + figures.oscillatingActions),
      actions,
    ),
    fallbackShare: ratio(
      sum((figures) => figures.fallbackActions),
      actions,
    ),
    invalidShare: ratio(
      sum((figures) => figures.invalidActions),
      actions,
    ),
  };
}

function runSpeakers(episodes: readonly EpisodeFigures[]): RunFigures["speakers"] {
  const known = episodes.flatMap(({ speakers }) => (speakers ? [speakers] : []));
  if (known.length === 0) return undefined;
  const add = (all: readonly SpeakerFigures[]): SpeakerFigures => ({
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    promptTokens: sumKnown(all.map(({ promptTokens }) => promptTokens)),
    cachedTokens: sumKnown(all.map(({ cachedTokens }) => cachedTokens)),
    generatedTokens: sumKnown(all.map(({ generatedTokens }) => generatedTokens)),
  });
  return { base: add(known.map(({ base }) => base)), specialist: add(known.map(({ specialist }) => specialist)) };
}

/** Seconds added up. */
export function addTimes(times: readonly TimeFigures[]): TimeFigures {
  return times.reduce(
    (sum, { steps, modelSeconds, gameSeconds, harnessSeconds }) => ({
      steps: sum.steps + steps,
      modelSeconds: sum.modelSeconds + modelSeconds,
      gameSeconds: sum.gameSeconds + gameSeconds,
      harnessSeconds: sum.harnessSeconds + harnessSeconds,
    }),
    { steps: 0, modelSeconds: 0, gameSeconds: 0, harnessSeconds: 0 },
  );
}

function runPhase(phases: readonly PhaseFigures[]): RunPhaseFigures {
  return {
    calls: phases.reduce((sum, { calls }) => sum + calls, 0),
    cutReplies: phases.reduce((sum, { cutReplies }) => sum + cutReplies, 0),
    operations: addCounts(phases.map(({ operations }) => operations)),
    refused: addCounts(phases.map(({ refused }) => refused)),
    formatFailures: addCounts(phases.map(({ formatFailures }) => formatFailures)),
    ends: addCounts(phases.map(({ ends }) => ends)),
  };
}

function addCounts(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function ran(phase: RunPhaseFigures, name: string): number {
  return (phase.operations[name] ?? 0) - (phase.refused[name] ?? 0);
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function sumKnown(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
