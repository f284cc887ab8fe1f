/**
 * Which slot of the server a conversation uses, so that each keeps its prefix cache: LOG and PLAN of each episode one of their own where
 * there are enough. A slot keeps to one adapter while others are free, because a change of adapter empties its cache. Pure but for its state.
 */

interface Slot {
  id: number;
  key: string | undefined;
  adapter: string | undefined;
  /** Calls under way; the server queues those of one slot. */
  calls: number;
  /** Turn of its last use; 0 for never. */
  usedAt: number;
}

export class SlotChooser {
  readonly #slots: Slot[];
  #turn = 0;

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, (_, id) => ({
      id,
      key: undefined,
      adapter: undefined,
      calls: 0,
      usedAt: 0,
    }));
  }

  /** The slot for a call; give it back with `release`. */
  take(key: string | undefined, adapter: string | undefined): number {
    const slot = this.#choose(key, adapter);
    this.#turn += 1;
    Object.assign(slot, { key, adapter, calls: slot.calls + 1, usedAt: this.#turn });
    return slot.id;
  }

  release(id: number): void {
    const slot = this.#slots[id];
    if (slot !== undefined) slot.calls -= 1;
  }

  #choose(key: string | undefined, adapter: string | undefined): Slot {
    const own = this.#slots.find((slot) => slot.usedAt > 0 && slot.key === key && slot.adapter === adapter);
    // Its own slot even while it works: another one would have to read the whole conversation again.
    if (own !== undefined && (key !== undefined || own.calls === 0)) return own;
    const rank = (slot: Slot): number[] => [
      slot.calls,
      slot.usedAt === 0 ? 0 : slot.adapter === adapter ? 1 : 2,
      slot.usedAt,
    ];
    return this.#slots.reduce((best, slot) => (isBefore(rank(slot), rank(best)) ? slot : best));
  }
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}
