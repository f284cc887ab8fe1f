/** Which conversation uses which sequence: each cache key keeps one as long as there are enough, then the least recently used goes. */

export interface Slot<S> {
  readonly sequence: S;
  key: string | undefined;
}

interface Entry<S> extends Slot<S> {
  busy: boolean;
  /** 0: never used. */
  lastUse: number;
}

interface Waiter<S> {
  key: string | undefined;
  take: (slot: Slot<S>) => void;
}

export class SequencePool<S> {
  readonly #entries: Entry<S>[];
  readonly #waiters: Waiter<S>[] = [];
  #useCount = 0;

  constructor(sequences: readonly S[]) {
    this.#entries = sequences.map((sequence) => ({ sequence, key: undefined, busy: false, lastUse: 0 }));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The slot of `key`, or else the one unused for longest; waits in order of arrival while all are busy. Give it back with `release`. */
  acquire(key: string | undefined): Promise<Slot<S>> {
    const entry = this.#choose(key);
    if (entry !== undefined) return Promise.resolve(this.#occupy(entry, key));
    return new Promise((take) => this.#waiters.push({ key, take }));
  }

  release(slot: Slot<S>): void {
    const entry = this.#entries.find((candidate) => candidate === slot);
    if (entry?.busy !== true) throw new Error("a sequence was given back twice");
    entry.busy = false;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    waiter.take(this.#occupy(this.#choose(waiter.key) ?? entry, waiter.key));
  }

  #choose(key: string | undefined): Entry<S> | undefined {
    const free = this.#entries.filter((entry) => !entry.busy);
    const own = key === undefined ? undefined : free.find((entry) => entry.key === key);
    return own ?? free.toSorted((a, b) => a.lastUse - b.lastUse)[0];
  }

  #occupy(entry: Entry<S>, key: string | undefined): Slot<S> {
    this.#useCount += 1;
    entry.busy = true;
    entry.lastUse = this.#useCount;
    entry.key = key;
    return entry;
  }
}
