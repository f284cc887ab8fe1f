/**
 * The store: everything automem keeps, in one folder.
 *
 *   version.json     records/ab/HASH.json     blobs/ab/HASH.zst     refs/NAME.json     runs/ID/     index.sqlite (can be deleted)
 *
 * See docs/formats.md, section Store. Ideas: git's object store; verifiers `verifiers/v1/cli/eval/resume.py` (resume by content, not by name).
 */
import { join } from "node:path";
import { BlobStore } from "./blobs.ts";
import { Catalogue } from "./catalogue.ts";
import { RecordStore } from "./records.ts";
import { RefStore } from "./refs.ts";
import { RunStore } from "./runs.ts";
import { claimStoreFolder } from "./version.ts";

export class Store {
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly records: RecordStore;
  readonly refs: RefStore;
  readonly runs: RunStore;
  /** Opens its file on first use. */
  readonly catalogue: Catalogue;

  private constructor(folder: string) {
    this.folder = folder;
    this.blobs = new BlobStore(join(folder, "blobs"));
    this.records = new RecordStore(join(folder, "records"));
    this.refs = new RefStore(join(folder, "refs"));
    this.runs = new RunStore(join(folder, "runs"), this.blobs, this.records);
    this.catalogue = new Catalogue(join(folder, "index.sqlite"), this.runs, this.records);
  }

  /** Opens the store in `folder` (`AUTOMEM_HOME/store`), making it if there is none. Throws `StoreError`: see `claimStoreFolder`. */
  static async open(folder: string): Promise<Store> {
    await claimStoreFolder(folder);
    return new Store(folder);
  }

  /** Closes the index. Nothing else stays open. */
  close(): void {
    this.catalogue.close();
  }
}
