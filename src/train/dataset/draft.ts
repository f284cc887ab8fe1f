/** Chosen and cleaned turns on their way into a dataset: doubles, caps, balance, split. Pure and deterministic. */
import { hashBytes } from "../../core/hash.ts";
import {
  type DatasetItem,
  type DatasetSplit,
  type KindCounts,
  type SetAsideTurn,
  turnKinds,
} from "../../core/training.ts";
import type { DatasetSettings } from "./settings.ts";

/** An item and its line of chat. */
export interface DraftItem {
  item: Omit<DatasetItem, "split" | "firstLine" | "times">;
  line: string;
}

export interface Sorted {
  kept: DraftItem[];
  setAside: SetAsideTurn[];
}

/** Keeps the first of equal lines. `known` holds hashes of the lines so far, and grows. */
export function withoutDoubles(drafts: readonly DraftItem[], known: Map<string, string>): Sorted {
  return sorted(drafts, (draft) => {
    const hash = hashBytes(draft.line);
    const first = known.get(hash);
    if (first === undefined) known.set(hash, draft.item.turn);
    return first === undefined ? undefined : { rule: "duplicate", detail: `Equal to ${first}.` };
  });
}

/** `drafts` are of one episode. */
export function cappedByKind(drafts: readonly DraftItem[], settings: DatasetSettings): Sorted {
  return capped(
    drafts,
    settings,
    settings.perEpisode,
    "episode-cap",
    (cap, kind) => `The episode gives ${cap} of kind ${kind} at most.`,
  );
}

/** Over all episodes: no kind has more than `balance` times as many as the rarest. */
export function balanced(drafts: readonly DraftItem[], settings: DatasetSettings): Sorted {
  const counts = turnKinds.map((kind) => drafts.filter(({ item }) => item.kind === kind).length);
  const rarest = Math.min(...counts.filter((count) => count > 0));
  const cap = Number.isFinite(rarest) ? Math.floor(settings.balance * rarest) : 0;
  const caps = Object.fromEntries(turnKinds.map((kind) => [kind, cap])) as KindCounts;
  return capped(
    drafts,
    settings,
    caps,
    "balance",
    () => `The rarest kind has ${rarest}, so ${cap} of a kind are kept.`,
  );
}

/** Whole games (task and seed) go to one split, also if they were played more than once. One game at least is for training. */
export function splitOfGames(
  games: readonly { task: string; seed: number }[],
  { validationShare, seed }: DatasetSettings,
): (game: { task: string; seed: number }) => DatasetSplit {
  const keys = [...new Set(games.map(gameKey))];
  const share = Math.round(validationShare * keys.length);
  const count = validationShare === 0 ? 0 : Math.min(keys.length - 1, Math.max(1, share));
  const drawn = keys.sort((one, other) => compare(lot(seed, one), lot(seed, other))).slice(0, count);
  const validation = new Set(drawn);
  return (game) => (validation.has(gameKey(game)) ? "validation" : "train");
}

/** The first `caps[kind]` of each kind by value, equals by lot; the order stays. */
function capped(
  drafts: readonly DraftItem[],
  { seed }: DatasetSettings,
  caps: KindCounts,
  rule: string,
  detail: (cap: number, kind: string) => string,
): Sorted {
  const ranked = drafts
    .map(({ item }) => ({ item, lot: lot(seed, item.turn) }))
    .sort((one, other) => other.item.value - one.item.value || compare(one.lot, other.lot));
  const counts = new Map<string, number>();
  const over = new Set<string>();
  for (const { item } of ranked) {
    const count = (counts.get(item.kind) ?? 0) + 1;
    counts.set(item.kind, count);
    if (count > caps[item.kind]) over.add(item.turn);
  }
  return sorted(drafts, ({ item }) =>
    over.has(item.turn) ? { rule, detail: detail(caps[item.kind], item.kind) } : undefined,
  );
}

function sorted(
  drafts: readonly DraftItem[],
  judge: (draft: DraftItem) => { rule: string; detail: string } | undefined,
): Sorted {
  const result: Sorted = { kept: [], setAside: [] };
  for (const draft of drafts) {
    const { turn, kind } = draft.item;
    const fault = judge(draft);
    if (fault === undefined) result.kept.push(draft);
    else result.setAside.push({ turn, kind, ...fault });
  }
  return result;
}

function gameKey({ task, seed }: { task: string; seed: number }): string {
  return JSON.stringify([task, seed]);
}

/** A number drawn for a name, as hex. */
function lot(seed: number, name: string): string {
  return hashBytes(`${seed}:${name}`);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
