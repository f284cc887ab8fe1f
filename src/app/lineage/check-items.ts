/** Holds every item of a dataset against the trace: its conversation and its reply, cleaned anew, must be the recorded turn word for word. */
import { AutomemError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { ChatExample, DatasetItem, DatasetSplit } from "../../core/training.ts";
import { operationTable } from "../../memory/operation-table.ts";
import { firstDifference } from "../../store/first-difference.ts";
import type { EpisodeSource } from "../../train/candidates/read-turns.ts";
import { readTurnTexts } from "../../train/candidates/read-turns.ts";
import type { TrainingEpisode } from "../../train/candidates/training-seeds.ts";
import type { TurnTexts } from "../../train/candidates/turn.ts";
import { cleanTurn } from "../../train/cleanup/clean-turn.ts";

export interface ItemsCheck {
  items: number;
  equal: number;
  /** Of the others, by number from 0: what is wrong. */
  unequal: { item: number; problem: string }[];
  /** Lines of the splits that belong to no item, or to two. */
  strayLines: string[];
}

export interface ItemsToCheck {
  items: readonly DatasetItem[];
  lines: Record<DatasetSplit, readonly ChatExample[]>;
  source: EpisodeSource;
  /** Gives an episode as one on a training seed; throws for another. */
  admit(episode: Hash): Promise<TrainingEpisode>;
  onEpisode?: ((done: number, of: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** One episode in memory at a time. Damage of an episode is told with each of its items; throws only what is no fault of the store's content. */
export async function checkItems(given: ItemsToCheck): Promise<ItemsCheck> {
  const { items, lines, onEpisode, signal } = given;
  const numbered = items.map((item, index) => ({ item, index }));
  const byEpisode = Map.groupBy(numbered, ({ item }) => item.episode);
  const problems = new Map<number, string>();
  let done = 0;
  for (const [episode, own] of byEpisode) {
    signal?.throwIfAborted();
    try {
      const found = await turnsOf(given, episode, new Set(own.map(({ item }) => item.turn)));
      for (const { item, index } of own) {
        const problem = problemOf(item, lines[item.split], found.get(item.turn));
        if (problem !== undefined) problems.set(index, problem);
      }
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      for (const { index } of own) problems.set(index, fault.message);
    }
    onEpisode?.(++done, byEpisode.size);
  }
  const unequal = [...problems].sort(([one], [other]) => one - other);
  return {
    items: items.length,
    equal: items.length - unequal.length,
    unequal: unequal.map(([item, problem]) => ({ item, problem })),
    strayLines: strayLines(items, lines),
  };
}

/** The recorded turn, cleaned anew. */
export interface CleanedTurn {
  texts: TurnTexts;
  /** What is to be learnt, or why it is set aside. */
  clean: ReturnType<typeof cleanTurn>;
}

/** `undefined` if the item is the turn; else the first difference as a sentence. */
export function problemOf(
  item: DatasetItem,
  lines: readonly ChatExample[],
  found: CleanedTurn | undefined,
): string | undefined {
  const { episode, stepIndex, phase, callIndex } = item;
  const id = `${episode}:${stepIndex}:${phase}:${callIndex}`;
  if (item.turn !== id) return `it names turn ${item.turn}, but the place ${id}`;
  if (found === undefined) return `the episode has no turn ${item.turn}`;
  const { texts, clean } = found;
  if ("setAside" in clean) return `the recorded reply is set aside today: ${clean.setAside.detail}`;
  const content = clean.text;
  const expected: ChatExample = { prompt: texts.messages, completion: [{ role: "assistant", content }] };
  for (let line = item.firstLine; line < item.firstLine + item.times; line++) {
    const example = lines[line];
    if (example === undefined) return `line ${line} of split ${item.split} is not there`;
    const difference = firstDifference(expected, example);
    if (difference === undefined) continue;
    return `line ${line} of split ${item.split}, ${difference.path}: recorded ${difference.recorded}, in the dataset ${difference.found}`;
  }
  const cleaned = firstDifference(clean.cleaned, item.cleaned);
  return (
    cleaned &&
    `the clean-up removes by ${clean.cleaned.join(", ") || "nothing"}, the item says ${item.cleaned.join(", ") || "nothing"}`
  );
}

/** Of one episode, by id. Throws `StoreError`, `ConfigError` (`sealed-seed`), `ScaffoldError`. */
export async function turnsOf(
  { source, admit }: Pick<ItemsToCheck, "source" | "admit">,
  episode: Hash,
  turns: ReadonlySet<string>,
): Promise<Map<string, CleanedTurn>> {
  const admitted = await admit(episode);
  const { start } = await (await source.store.readRecord(episode)).summary();
  const table = operationTable(await source.operations(start.scaffold.hash, start));
  const found = new Map<string, CleanedTurn>();
  for await (const texts of readTurnTexts(source.store, admitted, turns)) {
    const { phase, reply, cut, outcomes } = texts;
    found.set(texts.id, { texts, clean: cleanTurn({ phase, text: reply, cut, outcomes }, table) });
  }
  return found;
}

function strayLines(items: readonly DatasetItem[], lines: ItemsToCheck["lines"]): string[] {
  const stray: string[] = [];
  for (const split of ["train", "validation"] as const) {
    const owners = new Array<number>(lines[split].length).fill(0);
    for (const { firstLine, times } of items.filter((item) => item.split === split)) {
      for (let line = firstLine; line < firstLine + times && line < owners.length; line++) owners[line]! += 1;
    }
    for (const [line, count] of owners.entries()) {
      if (count !== 1)
        stray.push(`line ${line} of split ${split} belongs to ${count === 0 ? "no item" : `${count} items`}`);
    }
  }
  return stray;
}
