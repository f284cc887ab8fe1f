/** What runs add up to beside one another, out of what was gathered of each. Pure: the server, the command line and a static copy ask the same. */
import { ConfigError } from "../../core/errors.ts";
import type { RunRecord } from "../../core/records.ts";
import { type Comparison, compareRuns } from "../../metrics/comparison.ts";
import type { RunTotals } from "../run-totals.ts";
import { type DifferingSetting, differingSettings } from "./differing-settings.ts";

export interface RunDetails extends RunTotals {
  /** As in `runs` and `differences`: the run's id. */
  name: string;
  created: string;
  game: string;
  model: string;
  /** Name and version. */
  scaffold: string;
  planned: number;
  finished: number;
  failed: number;
  /** Finished episodes whose figures cannot be read; they are in the score, not in the figures. */
  withoutFigures: number;
}

export interface RunComparison extends Comparison {
  /** One for each run, in order. */
  details: RunDetails[];
  /** In what the runs' settings and identities differ. */
  settings: DifferingSetting[];
}

/** All that a comparison needs of one run. */
export interface GatheredRun {
  id: string;
  record: RunRecord;
  details: RunDetails;
  /** Planned ones; `progress` of the finished. */
  episodes: { key: string; task: string; seed: number; progress: number | undefined }[];
}

/** Compares runs with the first. Throws `ConfigError` as `refuseNonsense`. */
export function compareGathered(runs: readonly GatheredRun[]): RunComparison {
  refuseNonsense(runs);
  const details = runs.map((run) => run.details);
  const comparison = compareRuns(
    runs.map(({ id, episodes }) => ({
      name: id,
      episodes: episodes.map(({ task, seed, progress }) => ({ task, seed, progress })),
    })),
  );
  const settings = differingSettings(runs.map(({ record, details: { scaffold } }) => ({ record, scaffold })));
  return {
    ...comparison,
    warnings: [...comparison.warnings, ...playWarnings(settings), ...figureWarnings(details)],
    details,
    settings,
  };
}

/** Throws `ConfigError`: `one-run`, `same-run`, `different-games`. */
export function refuseNonsense(runs: readonly Pick<GatheredRun, "id" | "record">[]): void {
  if (runs.length < 2)
    throw new ConfigError("Name two runs or more to compare; automem list shows them.", { code: "one-run" });
  const ids = runs.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new ConfigError(`Run ${twice} is named twice. Name each run once.`, { code: "same-run" });
  const games = new Map(runs.map(({ id, record }) => [record.game.name, id]));
  if (games.size === 1) return;
  const said = [...games].map(([game, id]) => `${id} plays ${game}`).join(", ");
  throw new ConfigError(`Only runs of one game can be compared: ${said}.`, { code: "different-games" });
}

/** Differences that make the two play another game. */
function playWarnings(settings: readonly DifferingSetting[]): string[] {
  const decisive = settings.filter(({ name }) => /^(game|gameOptions|maxSteps)\b/.test(name)).map(({ name }) => name);
  if (decisive.length === 0) return [];
  return [
    `The runs do not play the same game: ${decisive.join(", ")} differ. A difference in score may come from that.`,
  ];
}

function figureWarnings(details: readonly RunDetails[]): string[] {
  return details.flatMap(({ name, withoutFigures, finished, times }) => [
    ...(withoutFigures > 0
      ? [`${name}: ${withoutFigures} of ${finished} episodes have figures that cannot be read.`]
      : []),
    ...(finished > 0 && times.steps === 0 ? [`${name}: no times were kept, so its seconds are unknown.`] : []),
  ]);
}
