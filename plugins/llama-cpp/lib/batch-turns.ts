/**
 * Keeps the replies under way in step, so that each evaluation is one batch with a piece of every reply.
 * Left alone they fall out of step: node-llama-cpp goes on with whatever is queued when a batch ends, the others miss it, and from then on two
 * replies are evaluated in turns, each alone. A batch reads the weights once for all its tokens; batches of one read them for each.
 */

/** One reply's place among them. */
export interface BatchMember {
  /** Waits until every reply under way is about to ask for an evaluation. Ask at once when it resolves. */
  turn(): Promise<void>;
  /** The reply ended; the others wait for it no more. Harmless a second time. */
  leave(): void;
}

export class BatchTurns {
  readonly #members = new Set<object>();
  #ready: (() => void)[] = [];
  #rounds = 0;
  readonly #soon: (work: () => void) => void;

  /** `soon` runs work after the promises that are settled now have been told: only then has the batch that just ended let go of its context. */
  constructor(soon: (work: () => void) => void = setImmediate) {
    this.#soon = soon;
  }

  /** Evaluations started so far, of one reply or of several. */
  get rounds(): number {
    return this.#rounds;
  }

  join(): BatchMember {
    const key = {};
    this.#members.add(key);
    return {
      turn: () =>
        new Promise((resolve) => {
          this.#ready.push(resolve);
          this.#startIfAll();
        }),
      leave: () => {
        if (this.#members.delete(key)) this.#startIfAll();
      },
    };
  }

  #startIfAll(): void {
    if (this.#ready.length === 0 || this.#ready.length < this.#members.size) return;
    const start = this.#ready;
    this.#ready = [];
    this.#rounds += 1;
    this.#soon(() => {
      for (const go of start) go();
    });
  }
}

/** The tokens of an evaluation, each asked for in the member's turn. */
export async function* inTurns<T>(member: BatchMember, tokens: AsyncIterable<T>): AsyncGenerator<T, void> {
  const source = tokens[Symbol.asyncIterator]();
  try {
    for (;;) {
      await member.turn();
      const next = await source.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
