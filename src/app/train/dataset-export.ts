/**
 * A dataset for other programs: chat JSON lines as the store keeps them, or a folder that the Python package `datasets` loads by itself.
 * The form of a line is TRL's conversational prompt and completion (https://huggingface.co/docs/trl/dataset_formats).
 */
import { join } from "node:path";
import { canonicalJson } from "../../core/json.ts";
import { datasetSplits } from "../../core/training.ts";
import type { OpenDataset } from "../../train/dataset/read-dataset.ts";
import type { App } from "../app.ts";
import { writeOutput } from "../output-file.ts";
import { dataPath, datasetCard } from "./dataset-card.ts";
import { statsOf } from "./datasets.ts";

export const datasetFormats = ["jsonl", "hf"] as const;
export type DatasetFormat = (typeof datasetFormats)[number];

/**
 * Writes into the folder `out` and returns the files. `jsonl`: `train.jsonl`, `validation.jsonl`, byte for byte the blobs of the record, and
 * the provenance (`items.jsonl`, `set-aside.jsonl`, `record.json`). `hf`: the same lines under `data/`, the provenance under `provenance/`, and the
 * card `README.md`. A split without items has no file.
 * Throws `ConfigError` `output-path`.
 */
export async function exportDataset(
  app: App,
  dataset: OpenDataset,
  format: DatasetFormat,
  out: string,
): Promise<string[]> {
  const { record } = dataset;
  const { blobs } = await app.store();
  const files: string[] = [];
  const write = async (path: string, content: string | Uint8Array) => {
    files.push(join(out, path));
    await writeOutput(join(out, path), content);
  };
  const splits = datasetSplits.filter((split) => record[split].lines > 0);
  const isFolder = format === "hf";
  for (const split of splits)
    await write(isFolder ? dataPath(split) : `${split}.jsonl`, await blobs.get(record[split].blob));
  const provenance = isFolder ? "provenance/" : "";
  await write(`${provenance}items.jsonl`, await blobs.get(record.items));
  await write(`${provenance}set-aside.jsonl`, await blobs.get(record.setAside));
  await write(`${provenance}record.json`, `${canonicalJson(record)}\n`);
  if (isFolder) {
    const criteria = await blobs.getText(record.criteria);
    await write("README.md", datasetCard({ ...dataset, criteria, stats: await statsOf(app, dataset), splits }));
  }
  return files;
}
