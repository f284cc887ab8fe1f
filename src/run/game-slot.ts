/** A worker's game process: opened when needed, kept from episode to episode, thrown away when lost. */
import type { EpisodeSpec, Game, GameStart, Transition } from "../core/game.ts";
import type { Clock } from "../platform/clock.ts";

export class GameSlot {
  readonly #open: () => Promise<Game>;
  #game: Game | undefined;

  /** `first`: a game that is open already, for this slot to own. */
  constructor(open: () => Promise<Game>, first?: Game) {
    this.#open = open;
    this.#game = first;
  }

  async get(): Promise<Game> {
    this.#game ??= await this.#open();
    return this.#game;
  }

  /** Closes the process, if there is one; the next `get` opens another. */
  async drop(): Promise<void> {
    const game = this.#game;
    this.#game = undefined;
    await game?.close();
  }
}

/** The game, with the milliseconds of each call reported. */
export function timedGame(game: Game, clock: Clock, onCall: (ms: number) => void): Game {
  const timed = async <T>(call: () => Promise<T>): Promise<T> => {
    const startMs = clock.monotonicMs();
    try {
      return await call();
    } finally {
      onCall(clock.monotonicMs() - startMs);
    }
  };
  return {
    identity: game.identity,
    tasks: game.tasks,
    reset: (spec: EpisodeSpec): Promise<GameStart> => timed(() => game.reset(spec)),
    step: (action: string): Promise<Transition> => timed(() => game.step(action)),
    render: () => game.render(),
    close: () => game.close(),
  };
}
