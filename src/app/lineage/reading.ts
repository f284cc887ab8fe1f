/** Reads records and blobs on the way from a thing to what it was made of: each is checked against its hash, counted once, and damage is noted. */
import { AutomemError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { RecordSchemaName } from "../../store/record-schemas.ts";
import type { RecordOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";

export class Reading {
  readonly store: Store;
  /** What is damaged, missing or does not fit together, one sentence each. */
  readonly problems: string[] = [];
  readonly #records = new Set<Hash>();
  readonly #blobs = new Set<Hash>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Records and blobs that were read and have the content their hash says. */
  get counts(): { records: number; blobs: number } {
    return { records: this.#records.size, blobs: this.#blobs.size };
  }

  /** `undefined` for one that is damaged or missing, which is noted. */
  async record<Name extends RecordSchemaName>(
    hash: Hash,
    what: string,
    ...kinds: readonly [Name, ...Name[]]
  ): Promise<RecordOf<Name> | undefined> {
    return this.try(what, async () => {
      const record = await this.store.records.get(hash, ...kinds);
      this.#records.add(hash);
      return record;
    });
  }

  /** The same for a blob's bytes. */
  async blob(hash: Hash, what: string): Promise<Uint8Array | undefined> {
    return this.try(what, async () => {
      const bytes = await this.store.blobs.get(hash);
      this.#blobs.add(hash);
      return bytes;
    });
  }

  async text(hash: Hash, what: string): Promise<string | undefined> {
    const bytes = await this.blob(hash, what);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** What the work gives; a fault of the store, or of what was read, is noted. */
  async try<Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      this.note(`${what}: ${fault.message}`);
      return undefined;
    }
  }

  /** Notes that two things which must be equal are not. */
  expect(holds: boolean, problem: string): void {
    if (!holds) this.note(problem);
  }

  note(problem: string): void {
    if (!this.problems.includes(problem)) this.problems.push(problem);
  }
}
