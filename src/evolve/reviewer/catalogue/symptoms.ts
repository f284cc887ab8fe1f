/** What the episodes of a review have in common: sums and means over their figures and troubles. Pure. */
import type { EvidenceEpisode } from "../../evidence/evidence-folder.ts";

/** Why a change is called for. */
export interface Symptom {
  /** In (0, 1]: how strongly. Comparable between changes by convention only; see docs/scaffolds.md, "The catalogue". */
  strength: number;
  /** The figures, in a sentence. */
  found: string;
  /** Where to look: `default-s2003, step 12: "..."`; five at most. */
  places: readonly string[];
}

export interface Totals {
  episodes: number;
  steps: number;
  /** Mean final progress, a share. */
  progress: number;
  writes: number;
  searches: number;
  /** Model calls. */
  calls: number;
  formatFailures: number;
  writtenLines: number;
  redundantLines: number;
  actions: number;
  invalidActions: number;
  unchangedActions: number;
  oscillatingActions: number;
  keywordSearches: number;
  emptySearches: number;
  /** Empty searches whose keyword another file had. */
  wrongFileSearches: number;
  stillSteps: number;
  lostFacts: number;
  /** Of the lost facts: the shares that are known by kind, as counts. */
  notStored: number;
  notFound: number;
  /** Unused files, and files at the end, of all episodes. */
  unusedFiles: number;
  seededCharacters: number;
  growth: number;
  finalCharacters: number;
}

export function totalsOf(episodes: readonly EvidenceEpisode[]): Totals {
  const sum = (value: (episode: EvidenceEpisode) => number) => episodes.reduce((total, each) => total + value(each), 0);
  const lost = sum(({ trouble }) => trouble.counts.lostFacts);
  const listed = (kind: "not-stored" | "not-found") =>
    sum(({ trouble }) => trouble.lostFacts.filter((fact) => fact.kind === kind).length);
  const listedAll = listed("not-stored") + listed("not-found");
  // Lists are cut; the rest is taken to be alike.
  const scaled = (kind: "not-stored" | "not-found") => (listedAll === 0 ? 0 : (lost * listed(kind)) / listedAll);
  return {
    episodes: episodes.length,
    steps: sum(({ steps }) => steps),
    progress: episodes.length === 0 ? 0 : sum(({ progress }) => progress) / episodes.length,
    writes: sum(({ figures }) => figures.writes),
    searches: sum(({ figures }) => figures.searches),
    calls: sum(({ figures }) => figures.log.calls + figures.plan.calls),
    formatFailures: sum(({ figures }) => counted(figures.log.formatFailures) + counted(figures.plan.formatFailures)),
    writtenLines: sum(({ figures }) => figures.writtenLines),
    redundantLines: sum(({ figures }) => figures.redundantLines),
    actions: sum(({ figures }) => figures.actions),
    invalidActions: sum(({ figures }) => figures.invalidActions),
    unchangedActions: sum(({ figures }) => figures.unchangedActions),
    oscillatingActions: sum(({ figures }) => figures.oscillatingActions),
    keywordSearches: sum(({ figures }) => (figures.log.operations.SEARCH ?? 0) + (figures.plan.operations.SEARCH ?? 0)),
    emptySearches: sum(({ figures }) => figures.emptySearches),
    wrongFileSearches: sum(({ trouble }) => trouble.emptySearches.filter((each) => each.storedIn !== undefined).length),
    stillSteps: sum(({ trouble }) => trouble.counts.stillSteps),
    lostFacts: lost,
    notStored: scaled("not-stored"),
    notFound: scaled("not-found"),
    unusedFiles: sum(({ trouble }) => trouble.unusedFiles.length),
    seededCharacters: sum(({ figures }) => figures.seededCharacters),
    growth: sum(({ figures }) => figures.finalCharacters - figures.seededCharacters),
    finalCharacters: sum(({ figures }) => figures.finalCharacters),
  };
}

/** A share in [0, 1]; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, part / whole);
}

/** From 0 to 1: a half at `half`. */
export function saturating(value: number, half: number): number {
  return value <= 0 ? 0 : value / (value + half);
}

/** Five places at most, the first of each episode in turn. */
export function placesOf<Item>(
  episodes: readonly EvidenceEpisode[],
  list: (episode: EvidenceEpisode) => readonly Item[],
  tell: (item: Item) => string,
): string[] {
  const places: string[] = [];
  for (let index = 0; places.length < 5; index++) {
    const row = episodes.flatMap((episode) => {
      const item = list(episode)[index];
      return item === undefined ? [] : [`${episode.folder.split("/").at(-1)}, ${tell(item)}`];
    });
    if (row.length === 0) break;
    places.push(...row.slice(0, 5 - places.length));
  }
  return places;
}

export function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function counted(counts: { readonly [kind: string]: number }): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
