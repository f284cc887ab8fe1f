/** What a check of the store finds. */
import type { Hash } from "../../core/hash.ts";

/** An episode of a run. */
export interface EpisodePlace {
  run: string;
  key: string;
}

/** Who cannot be read whole because of a damage. */
export interface Touched {
  /** Records that are damaged themselves, or need what is, directly or through others. */
  records: Hash[];
  refs: string[];
  runs: string[];
  episodes: EpisodePlace[];
  campaigns: string[];
}

export interface Damage extends Touched {
  /** Relative to the store. */
  path: string;
  problem: string;
}

/** Something a person may want to know, that damages nothing. */
export interface Remark {
  path: string;
  remark: string;
}

export interface CheckReport {
  /** What was read, byte by byte. */
  counts: {
    blobs: number;
    records: number;
    refs: number;
    runs: number;
    episodes: number;
    journals: number;
    campaigns: number;
  };
  /** Files without a checksum of their own, written before there was one: damage that leaves their content as it is cannot be seen. */
  unchecked: number;
  /** In order of path. Empty: the store is sound. */
  damage: Damage[];
  remarks: Remark[];
}
