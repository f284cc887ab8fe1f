/**
 * The evidence contract: what a review is shown, as a folder of text files, and how it is read. Written by write-evidence.ts, the same bytes
 * for the same episodes; read through `EvidenceFolder`, which pages and never leaves the folder.
 */
import type { EpisodeFigures } from "../../metrics/figures.ts";

export interface EvidenceFolder {
  /** Absolute path, for an external program. The files are read-only. */
  readonly path: string;
  /** The episodes, in the order of `index.md`, with what points at trouble. */
  readonly episodes: readonly EvidenceEpisode[];
  /** Files and folders right below `folder` (`""`: the top), folders with `/` at the end. Throws `ConfigError` `no-such-file`. */
  list(folder: string): Promise<EvidenceEntry[]>;
  /** Lines `fromLine` (from 1) on, `lines` at most. */
  read(path: string, page: { fromLine: number; lines: number }): Promise<EvidencePage>;
  /** Lines that contain the text in any case, or match the pattern in linear time, below a folder or in a file, `limit` at most. */
  search(query: { text: string; below?: string | undefined; limit: number }): Promise<EvidenceMatches>;
}

export interface EvidenceEntry {
  name: string;
  /** Absent for a folder. */
  sizeBytes?: number | undefined;
  lines?: number | undefined;
}

export interface EvidencePage {
  text: string;
  fromLine: number;
  /** Lines of the whole file. */
  totalLines: number;
}

export interface EvidenceMatches {
  matches: { path: string; line: number; text: string }[];
  /** True if there were more than `limit`. */
  more: boolean;
}

export interface EvidenceEpisode {
  /** Folder in the evidence, such as `incumbent/default-s2003`. */
  folder: string;
  role: "incumbent" | "failed";
  task: string;
  seed: number;
  steps: number;
  /** Share in [0, 1]. */
  progress: number;
  figures: EpisodeFigures;
  trouble: EpisodeTrouble;
}

/** What points at trouble in one episode. Shares are absent where there is nothing to share. */
export interface EpisodeTrouble {
  /** Stretches of steps without progress or reward, longest first, ten at most. */
  stillStretches: { fromStep: number; toStep: number }[];
  /** Files that the model never read, searched or saw whole in a prompt. */
  unusedFiles: string[];
  /** Searches without a match; of those, the ones whose keyword had been seen in an observation before (`lost`) or stored under another file. */
  emptySearches: {
    step: number;
    file: string;
    keyword: string;
    seenAtStep: number | undefined;
    storedIn: string | undefined;
  }[];
  /** Lines written that stood in memory already. */
  redundantWrites: { step: number; file: string; line: string }[];
  /** Something that was needed, had been seen, and was not stored (`not-stored`) or stored and not found (`not-found`). */
  lostFacts: { step: number; fact: string; kind: "not-stored" | "not-found"; seenAtStep: number }[];
  /** Totals, where the lists above are cut at 50 each. */
  counts: { stillSteps: number; emptySearches: number; redundantWrites: number; lostFacts: number };
}
