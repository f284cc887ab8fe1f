/** Figures of a dataset: how many of what, how long, and what was set aside. Pure. */
import {
  type ChatExample,
  type DatasetItem,
  type DatasetSplit,
  datasetSplits,
  type SetAsideTurn,
  type TurnKind,
  turnKinds,
} from "../../core/training.ts";

/** In UTF-16 code units; of no examples, absent. */
export interface Lengths {
  shortest: number;
  mean: number;
  longest: number;
}

export interface KindRow {
  kind: TurnKind;
  candidates: number;
  chosen: number;
  train: number;
  validation: number;
  /** Lines of the training split, repeats included. */
  trainLines: number;
  setAside: number;
  meanValue: number | undefined;
}

export interface DatasetStats {
  kinds: KindRow[];
  /** Items by the selector's rule. */
  rules: Record<string, number>;
  /** Turns set aside by rule. */
  setAside: Record<string, number>;
  /** Items whose reply the clean-up shortened, by rule. */
  cleaned: Record<string, number>;
  /** Games (task and seed) with an item. */
  games: Record<DatasetSplit, number>;
  /** Of all lines. */
  prompt: Lengths | undefined;
  completion: Lengths | undefined;
}

export interface DatasetParts {
  record: { candidates: Record<TurnKind, number>; chosen: Record<TurnKind, number> };
  items: readonly DatasetItem[];
  setAside: readonly SetAsideTurn[];
  examples: readonly ChatExample[];
}

export function datasetStats({ record, items, setAside, examples }: DatasetParts): DatasetStats {
  const kinds = turnKinds.map((kind): KindRow => {
    const own = items.filter((item) => item.kind === kind);
    const inTrain = own.filter(({ split }) => split === "train");
    return {
      kind,
      candidates: record.candidates[kind],
      chosen: record.chosen[kind],
      train: inTrain.length,
      validation: own.length - inTrain.length,
      trainLines: inTrain.reduce((sum, { times }) => sum + times, 0),
      setAside: setAside.filter((turn) => turn.kind === kind).length,
      meanValue: own.length === 0 ? undefined : own.reduce((sum, { value }) => sum + value, 0) / own.length,
    };
  });
  const games = (split: DatasetSplit) =>
    new Set(items.filter((item) => item.split === split).map(({ task, seed }) => JSON.stringify([task, seed]))).size;
  return {
    kinds,
    rules: counted(items.map(({ rule }) => rule)),
    setAside: counted(setAside.map(({ rule }) => rule)),
    cleaned: counted(items.flatMap(({ cleaned }) => cleaned)),
    games: Object.fromEntries(datasetSplits.map((split) => [split, games(split)])) as Record<DatasetSplit, number>,
    prompt: lengths(examples.map(({ prompt }) => prompt.reduce((sum, { content }) => sum + content.length, 0))),
    completion: lengths(examples.map(({ completion }) => completion[0].content.length)),
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function lengths(counts: readonly number[]): Lengths | undefined {
  if (counts.length === 0) return undefined;
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let sum = 0;
  for (const count of counts) {
    shortest = Math.min(shortest, count);
    longest = Math.max(longest, count);
    sum += count;
  }
  return { shortest, mean: sum / counts.length, longest };
}
