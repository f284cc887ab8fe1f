/** An adapter as a page shows it: what it was made of, how it was checked and tested, where it played, and how to use it. */
import * as v from "valibot";
import { PlaySettings } from "../../campaign/settings.ts";
import type { AdapterRecord } from "../../core/adapter.ts";
import type { TriedConfiguration } from "../../core/trial.ts";
import type { RunRow } from "../../store/catalogue.ts";
import { adapterNamed } from "../adapters/adapters.ts";
import type { App } from "../app.ts";
import { type AdapterCheck, adapterChecks } from "../checks/adapter-checks.ts";
import {
  type AdapterOrigin,
  adapterMaking,
  adapterOrigin,
  type RecipeField,
  type TrainingOrigin,
  type TrialOrigin,
} from "../lineage/adapter-origin.ts";
import { Reading } from "../lineage/reading.ts";
import { playCommand } from "../play-words.ts";
import { listRuns } from "../runs.ts";
import { type TestRow, testRow } from "../train/trial-row.ts";

export interface AdapterTrial extends TrialOrigin {
  /** Prompts on which the server said word for word what the trainer says; absent where that was not compared. */
  parity: TriedConfiguration["parity"];
  /** On the confirm seeds; only the best configuration of a trial is tested. */
  tests: TestRow[];
}

export interface AdapterPage {
  adapter: AdapterRecord;
  /** False for one that was taken in from outside. */
  known: boolean;
  recipe: RecipeField[];
  trainings: Pick<TrainingOrigin, "hash" | "firstLoss" | "lastLoss">[];
  trials: AdapterTrial[];
  /** What was found whenever a model had loaded it: the last look for each model. */
  checks: AdapterCheck[];
  /** Runs in which it was the specialist, newest first. */
  runs: Pick<RunRow, "id" | "created" | "game" | "model" | "finished" | "planned" | "meanProgress">[];
  /** Command lines, ready to copy: to play as it was played where it was trained. */
  commands: string[];
  /** What does not fit together, as far as it was read. */
  problems: string[];
}

/** Throws `ConfigError`: `unknown-adapter`, `ambiguous-adapter`. Nothing of the data it learned from is read: see `adapterLineage`. */
export async function adapterPage(app: App, named: string): Promise<AdapterPage> {
  const store = await app.store();
  const { record, adapter } = await adapterNamed(app, named);
  const reading = new Reading(store);
  const { recipe, trials, trainings } = await adapterMaking(reading, record, adapter);
  const commands = new Set<string>();
  const shown: AdapterTrial[] = [];
  for (const origin of trials) {
    const trial = await store.records.get(origin.hash, "automem.trial/1");
    const { settings, scaffold } = await store.records.get(trial.campaign, "automem.train-campaign/1");
    const { play } = v.parse(v.object({ play: PlaySettings }), settings);
    commands.add(playCommand(play, { scaffold: scaffold.slice(0, 12), specialist: adapter.name.slice(0, 12) }));
    const tests = origin.best ? trial.tests.map(testRow) : [];
    shown.push({ ...origin, parity: trial.configurations[origin.configuration - 1]!.parity, tests });
  }
  const runs = (await listRuns(app)).filter(({ specialist }) => specialist === adapter.name);
  return {
    adapter,
    known: adapter.parents !== undefined || trials.length > 0,
    recipe: recipe?.fields ?? [],
    trainings: trainings.map(({ hash, firstLoss, lastLoss }) => ({ hash, firstLoss, lastLoss })),
    trials: shown,
    checks: await adapterChecks(app, adapter.name),
    runs: runs.map(({ id, created, game, model, finished, planned, meanProgress }) => {
      return { id, created, game, model, finished, planned, meanProgress };
    }),
    commands: commands.size > 0 ? [...commands] : [commandFor(adapter)],
    problems: reading.problems,
  };
}

export interface AdapterLineage extends Pick<AdapterOrigin, "read" | "problems" | "scaffolds" | "episodes"> {
  /** Items that are word for word in the traces of their episodes, of all; absent without a dataset. */
  items: { equal: number; of: number } | undefined;
}

/** Checks all the way to the episodes, as `automem why` does: for a large dataset it takes minutes. Throws as `adapterPage`. */
export async function adapterLineage(app: App, named: string, signal: AbortSignal): Promise<AdapterLineage> {
  const { read, problems, scaffolds, episodes, dataset } = await adapterOrigin(app, named, { signal });
  const items = dataset && { equal: dataset.check.equal, of: dataset.items.length };
  return { read, problems, scaffolds, episodes, items };
}

/** For one that was taken in from outside: nobody knows how it wants to be played. */
function commandFor({ name, base }: AdapterRecord): string {
  return `automem run GAME --model ${base.model} --specialist ${name.slice(0, 12)}`;
}
