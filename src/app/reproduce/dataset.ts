/** Builds a recorded dataset again from its episodes, with its selector and settings, in a store that is thrown away. */
import { join } from "node:path";
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import type { DatasetRecord } from "../../core/training.ts";
import { Store } from "../../store/store.ts";
import type { TrainingEpisode } from "../../train/candidates/training-seeds.ts";
import { buildDataset } from "../../train/dataset/build-dataset.ts";
import { datasetItems, setAsideTurns } from "../../train/dataset/read-dataset.ts";
import { DatasetSettings } from "../../train/dataset/settings.ts";
import { OutcomeSelector } from "../../train/selection/outcome/outcome.ts";
import { OutcomeSettings } from "../../train/selection/outcome/settings.ts";
import { RecordedSelector } from "../../train/selection/recorded-choices.ts";
import type { Selector } from "../../train/selection/selector.ts";
import { episodeSource } from "../train/episode-source.ts";
import { trainingSeeds } from "../train/training-seeds.ts";
import { compared, type FieldCheck, noted, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

/** Throws the stop's reason, and `StoreError` for a record that cannot be read. */
export async function datasetAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const record = await shop.store.records.get(hash, "automem.dataset/1");
  const { game, episodes, selector, train, validation, automemVersion } = record;
  shop.tell(`building the dataset of ${episodes.length} episodes again`);
  const checks = [
    noted("automem", automemVersion, shop.app.version),
    ...(selector.name === "outcome"
      ? []
      : [remark("choices", `those of selector ${selector.name} as recorded; it was not asked again`)]),
    ...(await shop.attempt("dataset", () => buildChecks(shop, hash, record))),
  ];
  const title = `${game}, ${train.items} items for training, ${validation.items} for validation`;
  return reproduction({ record: hash, kind: "dataset", title }, checks);
}

async function buildChecks(shop: Workshop, hash: Hash, record: DatasetRecord): Promise<FieldCheck[]> {
  const { game, settings, automemVersion } = record;
  const scratch = await Store.open(join(await shop.folder("dataset"), "store"));
  try {
    const built = await buildDataset({
      source: episodeSource(shop.store, game),
      game,
      episodes: await episodesOf(shop, record),
      selector: await selectorOf(shop, hash, record),
      settings: v.parse(DatasetSettings, settings),
      // Part of the record: with this one's own version no hash would ever be equal.
      automemVersion,
      keepIn: scratch,
      signal: shop.options.signal,
    });
    return differences(shop.store, scratch, record, {
      recorded: hash,
      record: await scratch.records.get(built, "automem.dataset/1"),
      hash: built,
    });
  } finally {
    scratch.close();
  }
}

async function episodesOf({ store }: Workshop, { game, episodes }: DatasetRecord): Promise<TrainingEpisode[]> {
  const seeds = await trainingSeeds(game);
  const admitted: TrainingEpisode[] = [];
  for (const episode of episodes) {
    admitted.push(seeds.admit(episode, await store.records.get(episode, "automem.episode/1")));
  }
  return admitted;
}

async function selectorOf({ store }: Workshop, hash: Hash, record: DatasetRecord): Promise<Selector> {
  const { selector } = record;
  if (selector.name === "outcome") return new OutcomeSelector(v.parse(OutcomeSettings, selector.details));
  return new RecordedSelector({
    identity: selector,
    criteria: await store.blobs.getText(record.criteria),
    items: await datasetItems(store, { hash, record }),
    setAside: await setAsideTurns(store, { hash, record }),
  });
}

/** The hash, and field by field where it is another; of a blob of lines the first line that differs. */
async function differences(
  store: Store,
  scratch: Store,
  record: DatasetRecord,
  built: { recorded: Hash; hash: Hash; record: DatasetRecord },
): Promise<FieldCheck[]> {
  const checks = [compared("hash", built.recorded, built.hash)];
  for (const field of ["selector", "settings", "episodes", "candidates", "chosen"] as const) {
    const shown = field === "episodes" ? `${record.episodes.length}` : undefined;
    checks.push(compared(field, record[field], built.record[field], shown));
  }
  const blobs: [string, Hash, Hash][] = [
    ["criteria", record.criteria, built.record.criteria],
    ["training lines", record.train.blob, built.record.train.blob],
    ["validation lines", record.validation.blob, built.record.validation.blob],
    ["items", record.items, built.record.items],
    ["set aside", record.setAside, built.record.setAside],
  ];
  for (const [field, was, is] of blobs) {
    if (was === is) checks.push({ field, standing: "equal", recorded: was });
    else checks.push(linesCompared(field, await store.blobs.getText(was), await scratch.blobs.getText(is)));
  }
  return checks;
}

function linesCompared(field: string, recorded: string, found: string): FieldCheck {
  const [was, is] = [recorded.split("\n"), found.split("\n")];
  const at = was.findIndex((line, index) => line !== is[index]);
  const line = at < 0 ? was.length : at;
  const check = compared(field, was[line] ?? null, is[line] ?? null);
  return {
    ...check,
    standing: "different",
    remark: `${was.length - 1} lines then, ${is.length - 1} now; first other one: line ${line}`,
  };
}
