/** Makes a dataset of recorded episodes: candidates, choice, words, clean-up, doubles, caps, balance, split. One episode in memory at a time. */
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { canonicalJson } from "../../core/json.ts";
import {
  type ChatExample,
  type DatasetItem,
  type DatasetRecord,
  type DatasetSplit,
  type KindCounts,
  type SetAsideTurn,
  turnKinds,
} from "../../core/training.ts";
import type { OperationTable } from "../../memory/operation-table.ts";
import type { Store } from "../../store/store.ts";
import { type EpisodeSource, readTurns, readTurnTexts } from "../candidates/read-turns.ts";
import type { TrainingEpisode } from "../candidates/training-seeds.ts";
import type { TurnTexts } from "../candidates/turn.ts";
import { cleanTurn } from "../cleanup/clean-turn.ts";
import { type ChosenTurn, chooseTurns } from "../selection/choose-turns.ts";
import { OverviewCount, type SelectionOverview } from "../selection/overview.ts";
import type { Selector } from "../selection/selector.ts";
import { balanced, cappedByKind, type DraftItem, type Sorted, splitOfGames, withoutDoubles } from "./draft.ts";
import type { DatasetSettings } from "./settings.ts";

export interface DatasetRequest {
  source: EpisodeSource;
  game: string;
  /** In any order: the dataset does not depend on it. */
  episodes: readonly TrainingEpisode[];
  selector: Selector;
  settings: DatasetSettings;
  automemVersion: string;
  /** Where the dataset goes; default: where the episodes are. */
  keepIn?: Store | undefined;
  signal?: AbortSignal | undefined;
  /** After the criteria (`episodes` 0) and after each episode. */
  onProgress?: ((progress: SelectionProgress) => void) | undefined;
}

export interface SelectionProgress {
  /** Gone through, of so many. */
  episodes: number;
  of: number;
  /** Turns shown and turns chosen so far. */
  turns: number;
  chosen: number;
}

/**
 * Keeps the dataset and returns the hash of its record. The same episodes, choices and settings give the same hash.
 * Throws `ConfigError` (`no-episodes`, `no-items`: nothing was left, with the counts), `TrainerError` (`bad-selection`), `StoreError`, and what the
 * selector throws.
 */
export async function buildDataset(request: DatasetRequest): Promise<Hash> {
  const { source, game, selector, settings, automemVersion, signal } = request;
  const episodes = inOrder(request.episodes);
  if (episodes.length === 0)
    throw new ConfigError("There are no finished episodes to learn from.", { code: "no-episodes" });
  const overview = () => overviewOf(source, episodes, signal);
  const criteria = await selector.criteria({ game, episodes: episodes.length, overview, signal });
  const gathered = await gather(request, episodes, criteria);
  const { kept, setAside } = balanced(gathered.drafts, settings);
  const aside = [...gathered.setAside, ...setAside];
  if (kept.length === 0) throw noItems(gathered, aside);
  const { lines, items } = placed(kept, settings, splitOfGames(episodes, settings));
  const { blobs, records } = request.keepIn ?? source.store;
  const splitBlob = async (split: DatasetSplit) => ({
    blob: await blobs.put(jsonLines(lines[split])),
    items: items.filter((item) => item.split === split).length,
    lines: lines[split].length,
  });
  const record: DatasetRecord = {
    schema: "automem.dataset/1",
    game,
    selector: selector.identity,
    criteria: await blobs.put(criteria),
    settings,
    episodes: episodes.map((episode) => episode.record),
    candidates: gathered.candidates,
    chosen: gathered.chosen,
    train: await splitBlob("train"),
    validation: await splitBlob("validation"),
    items: await blobs.put(jsonLines(items.map(canonicalJson))),
    setAside: await blobs.put(jsonLines(aside.map(canonicalJson))),
    automemVersion,
  };
  return records.put<"automem.dataset/1">(record);
}

/** Items of an episode held before its caps are applied to them. */
const draftsHeld = 512;

interface Gathered {
  drafts: DraftItem[];
  setAside: SetAsideTurn[];
  candidates: KindCounts;
  chosen: KindCounts;
}

async function gather(
  request: DatasetRequest,
  episodes: readonly TrainingEpisode[],
  criteria: string,
): Promise<Gathered> {
  const { source, selector, settings, signal, onProgress } = request;
  const gathered: Gathered = { drafts: [], setAside: [], candidates: noCounts(), chosen: noCounts() };
  const known = new Map<string, string>();
  const tell = (done: number) => {
    const { candidates, chosen } = gathered;
    onProgress?.({ episodes: done, of: episodes.length, turns: sumOf(candidates), chosen: sumOf(chosen) });
  };
  tell(0);
  for (const [index, episode] of episodes.entries()) {
    signal?.throwIfAborted();
    const { turns, table } = await readTurns(source, episode);
    const chosen = await chooseTurns(source.store, episode, turns, { selector, criteria, signal });
    for (const { kind } of turns) gathered.candidates[kind] += 1;
    for (const { turn } of chosen) gathered.chosen[turn.kind] += 1;
    const reading = { store: source.store, settings, known };
    const { kept, setAside } = await draftsOf(reading, episode, chosen, table);
    gathered.drafts.push(...kept);
    for (const turn of setAside) gathered.setAside.push(turn);
    tell(index + 1);
  }
  return gathered;
}

async function overviewOf(
  source: EpisodeSource,
  episodes: readonly TrainingEpisode[],
  signal: AbortSignal | undefined,
): Promise<SelectionOverview> {
  const count = new OverviewCount();
  for (const episode of episodes) {
    signal?.throwIfAborted();
    count.add(await readTurns(source, episode));
  }
  return count.overview();
}

/** The items of one episode: cleaned, no doubles, capped. Only a few more than the caps are ever held. */
async function draftsOf(
  { store, settings, known }: { store: Store; settings: DatasetSettings; known: Map<string, string> },
  episode: TrainingEpisode,
  chosen: readonly ChosenTurn[],
  table: OperationTable,
): Promise<Sorted> {
  const setAside: SetAsideTurn[] = [];
  const cap = (drafts: readonly DraftItem[]): DraftItem[] => {
    const few = cappedByKind(drafts, settings);
    setAside.push(...few.setAside);
    return few.kept;
  };
  const byId = new Map(chosen.map((choice) => [choice.turn.id, choice]));
  if (byId.size === 0) return { kept: [], setAside };
  let drafts: DraftItem[] = [];
  for await (const texts of readTurnTexts(store, episode, new Set(byId.keys()))) {
    const made = draftOf(byId.get(texts.id)!, texts, table);
    if ("rule" in made) {
      setAside.push(made);
      continue;
    }
    const single = withoutDoubles([made], known);
    drafts.push(...single.kept);
    setAside.push(...single.setAside);
    if (drafts.length % draftsHeld === 0) drafts = cap(drafts);
  }
  return { kept: cap(drafts), setAside };
}

function draftOf(
  { turn, rule, reason }: ChosenTurn,
  { phase, messages, reply, cut, outcomes }: TurnTexts,
  table: OperationTable,
): DraftItem | SetAsideTurn {
  const clean = cleanTurn({ phase, text: reply, cut, outcomes }, table);
  if ("setAside" in clean) return { turn: turn.id, kind: turn.kind, ...clean.setAside };
  const example: ChatExample = { prompt: messages, completion: [{ role: "assistant", content: clean.text }] };
  const { id, episode, task, seed, stepIndex, callIndex, speaker, kind, value } = turn;
  const place = { turn: id, episode, task, seed, stepIndex, phase, callIndex, speaker };
  return { item: { ...place, kind, rule, reason, value, cleaned: clean.cleaned }, line: JSON.stringify(example) };
}

/** The lines of each split, and where each item's are. */
function placed(
  drafts: readonly DraftItem[],
  { repeat }: DatasetSettings,
  splitOf: (item: DraftItem["item"]) => DatasetSplit,
): { lines: Record<DatasetSplit, string[]>; items: DatasetItem[] } {
  const lines: Record<DatasetSplit, string[]> = { train: [], validation: [] };
  const items = drafts.map(({ item, line }): DatasetItem => {
    const split = splitOf(item);
    const times = split === "train" ? repeat[item.kind] : 1;
    const firstLine = lines[split].length;
    for (let time = 0; time < times; time++) lines[split].push(line);
    return { ...item, split, firstLine, times };
  });
  return { lines, items };
}

/** By game, then by record: not by the order of runs. An episode that stands twice counts once. */
function inOrder(episodes: readonly TrainingEpisode[]): TrainingEpisode[] {
  const single = [...new Map(episodes.map((episode) => [episode.record, episode])).values()];
  const key = ({ task, seed, record }: TrainingEpisode) =>
    `${task}\u0000${String(seed).padStart(10, "0")}\u0000${record}`;
  return single.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function noItems({ candidates, chosen }: Gathered, aside: readonly SetAsideTurn[]): ConfigError {
  const rules = [...new Set(aside.map(({ rule }) => rule))].join(", ");
  return new ConfigError(
    `No turn is left to learn from: of ${sumOf(candidates)} turns the selector chose ${sumOf(chosen)}, and ${aside.length} were set aside${rules === "" ? "" : ` (${rules})`}. Play more episodes, or choose with other settings.`,
    { code: "no-items", data: { candidates, chosen } },
  );
}

function sumOf(counts: KindCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function noCounts(): KindCounts {
  return Object.fromEntries(turnKinds.map((kind) => [kind, 0])) as KindCounts;
}

function jsonLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
