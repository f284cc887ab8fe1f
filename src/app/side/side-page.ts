/** Two episodes side by side: what each is, and in what the two differ. */
import type { RunRecord } from "../../core/records.ts";
import type { EpisodeExtent, EpisodeSummary } from "../../store/episode-reader.ts";
import type { EpisodeName } from "../../store/run-folder.ts";
import type { App } from "../app.ts";
import { type DifferingSetting, differingSettings } from "../compare/differing-settings.ts";
import { modelsText } from "../compare/models-text.ts";
import { episodeOf, findTarget, readEpisode } from "../inspect.ts";
import { scaffoldName } from "../scaffold-names.ts";

/** One of the two, as `sideBySide` needs it. */
export interface Side {
  run: { id: string; created: string; record: RunRecord; scaffold: string };
  episode: EpisodeName &
    Pick<EpisodeSummary, "steps" | "progress" | "end"> &
    Pick<EpisodeExtent, "lastStep" | "version">;
}

export interface SideFacts extends EpisodeName {
  run: string;
  created: string;
  game: string;
  /** With the specialist's, where there is one. */
  model: string;
  /** As people call it: `scaffoldName`. */
  scaffold: string;
  steps: number;
  /** The last step there is something of. */
  lastStep: number;
  progress: number;
  /** Another text whenever something was added. */
  version: string;
  /** Why it ended; absent while under way. */
  end: string | undefined;
}

export interface SidePage {
  left: SideFacts;
  right: SideFacts;
  /** In what the runs' settings and identities differ: left, right. */
  settings: DifferingSetting[];
  /** Why a comparison step by step says little. */
  warnings: string[];
}

/** Of `RUN/EPISODE` and another. Reads the two and nothing else. Throws `ConfigError` as `findTarget`, `empty-episode`. */
export async function sidePage(app: App, left: string, right: string): Promise<SidePage> {
  return sideBySide(await readSide(app, left), await readSide(app, right));
}

/** Pure. */
export function sideBySide(left: Side, right: Side): SidePage {
  const [one, other] = [left.episode, right.episode];
  const warnings: string[] = [];
  if (left.run.record.game.name !== right.run.record.game.name) warnings.push("The two are of different games.");
  else if (one.task !== other.task) warnings.push("The two are of different tasks.");
  else if (one.seed !== other.seed) warnings.push("The two are of different seeds: they begin in different worlds.");
  return {
    left: factsOf(left),
    right: factsOf(right),
    settings: differingSettings([left, right].map(({ run: { record, scaffold } }) => ({ record, scaffold }))),
    warnings,
  };
}

function factsOf({ run, episode }: Side): SideFacts {
  const { key, task, seed, steps, lastStep, progress, version, end } = episode;
  const { game } = run.record;
  return {
    run: run.id,
    key,
    task,
    seed,
    created: run.created,
    game: `${game.name} ${game.version}`,
    model: modelsText(run.record),
    scaffold: run.scaffold,
    steps,
    lastStep,
    progress,
    version,
    end: end?.reason,
  };
}

async function readSide(app: App, named: string): Promise<Side> {
  const target = await findTarget(app, named);
  const name = episodeOf(target);
  const { folder, file, record } = target.run;
  const reader = await readEpisode(app, target.run, name);
  const { lastStep, version } = await reader.extent();
  return {
    run: { id: folder.id, created: file.created, record, scaffold: await scaffoldName(app, record.scaffold) },
    episode: { ...name, ...(await reader.summary()), lastStep, version },
  };
}
