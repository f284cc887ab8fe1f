/** Reads a dataset out of the store, line by line checked. */
import * as v from "valibot";
import { ConfigError, StoreError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { ChatExample, DatasetItem, type DatasetRecord, type DatasetSplit, SetAsideTurn } from "../../core/training.ts";
import type { Store } from "../../store/store.ts";

export interface OpenDataset {
  hash: Hash;
  record: DatasetRecord;
}

/** Throws `StoreError`. */
export async function openDataset(store: Store, hash: Hash): Promise<OpenDataset> {
  return { hash, record: await store.records.get(hash, "automem.dataset/1") };
}

/** In the order of their turns, both splits together. */
export async function datasetItems(store: Store, { record }: OpenDataset): Promise<DatasetItem[]> {
  return readLines(await store.blobs.getText(record.items), DatasetItem, "items of the dataset");
}

export async function setAsideTurns(store: Store, { record }: OpenDataset): Promise<SetAsideTurn[]> {
  return readLines(await store.blobs.getText(record.setAside), SetAsideTurn, "set-aside turns of the dataset");
}

/** Repeats included. */
export async function datasetExamples(
  store: Store,
  { record }: OpenDataset,
  split: DatasetSplit,
): Promise<ChatExample[]> {
  return readLines(await store.blobs.getText(record[split].blob), ChatExample, `${split} split of the dataset`);
}

/** An item by its number, from 0, with its line. Throws `ConfigError` `no-such-item`. */
export async function datasetItem(
  store: Store,
  dataset: OpenDataset,
  index: number,
): Promise<{ item: DatasetItem; example: ChatExample }> {
  const items = await datasetItems(store, dataset);
  const item = items[index];
  if (item === undefined) {
    throw new ConfigError(`There is no item ${index}: the dataset has ${items.length} items, counted from 0.`, {
      code: "no-such-item",
    });
  }
  const examples = await datasetExamples(store, dataset, item.split);
  const example = examples[item.firstLine];
  if (example === undefined) throw damaged(`Item ${index} names line ${item.firstLine} of ${examples.length}.`);
  return { item, example };
}

function readLines<Schema extends v.GenericSchema>(
  text: string,
  schema: Schema,
  what: string,
): v.InferOutput<Schema>[] {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  return lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw damaged(`Line ${index + 1} of the ${what} is no JSON.`, cause);
    }
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw damaged(`Line ${index + 1} of the ${what}, at ${v.getDotPath(issue) ?? "(top)"}: ${issue.message}.`);
  });
}

function damaged(message: string, cause?: unknown): StoreError {
  return new StoreError(`${message} A newer automem may have written it.`, { code: "bad-record", cause });
}
