/**
 * The evidence contract: what a review is shown, as a folder of text files, and how it is read. Written by write-evidence.ts, the same bytes
 * for the same episodes; read through `EvidenceFolder`, which pages and never leaves the folder.
 */
import type { EpisodeFigures } from "../../metrics/figures.ts";
import type { EpisodeTrouble } from "../../metrics/trouble/trouble.ts";

export type { EpisodeTrouble } from "../../metrics/trouble/trouble.ts";

export interface EvidenceFolder {
  /** Absolute path, for an external program. The files are read-only. */
  readonly path: string;
  /** The episodes, in the order of `index.md`, with what points at trouble. */
  readonly episodes: readonly EvidenceEpisode[];
  /** Files and folders right below `folder` (`""`: the top), folders with `/` at the end. Throws `ConfigError` `no-such-file`, `bad-path`. */
  list(folder: string): Promise<EvidenceEntry[]>;
  /**
   * Lines `fromLine` (from 1) on, `lines` at most, and no more than fit into 60,000 characters; what is left out of a line too long is said
   * in it. Throws `ConfigError`: `no-such-file`, `bad-path`.
   */
  read(path: string, page: { fromLine: number; lines: number }): Promise<EvidencePage>;
  /**
   * Lines that contain the text, taken literally and in any case, below a folder or in a file (default: everywhere), in order of path and line,
   * `limit` at most. Throws `ConfigError`: `no-such-file`, `bad-path`, `bad-setting` for an empty text.
   */
  search(query: { text: string; below?: string | undefined; limit: number }): Promise<EvidenceMatches>;
}

export interface EvidenceEntry {
  name: string;
  /** Absent for a folder. */
  sizeBytes?: number | undefined;
  /** Absent for a folder, and in a folder of very many files. */
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
  /** Folder in the evidence, such as `episodes/incumbent/default-s2003`. */
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
