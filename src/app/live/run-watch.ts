/** How far the episodes of a run have come, asked again and again: a look costs what changed since the last one, not what the run holds. */
import { stat } from "node:fs/promises";
import type { Clock } from "../../platform/clock.ts";
import { EpisodeTail } from "../../store/episode-tail.ts";
import type { EpisodeState } from "../../store/run-files.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { Store } from "../../store/store.ts";

/** Where an episode stands now. */
export interface EpisodeNow {
  key: string;
  status: "not started" | "under way" | "finished" | "failed";
  /** Actions committed. */
  steps: number;
  /** The last step there is something of. */
  lastStep: number;
  /** As last seen, a share in [0, 1]. */
  progress: number;
  /** Another text whenever something was added. */
  version: string;
  /** Why it failed. */
  failure: string | undefined;
}

export interface RunNow {
  id: string;
  /** The process that plays it. */
  heldBy: number | undefined;
  /** Episodes in each state; another text whenever one went into another state. */
  states: string;
  /** Those that were begun and are not finished. */
  playing: EpisodeNow[];
}

/** A folder changed less than this before it was read may have changed again within the same tick of the file system's clock. */
const settledAfterMs = 2_000;

/** What counts of an episode's state; of one that was never started there is none. */
type State = Pick<EpisodeState, "status" | "attempts" | "record"> & { failure?: string | undefined };

/** States of a run's episodes as a text, for `RunNow.states`. */
export function runStates(
  episodes: OpenRun["episodes"],
  states: ReadonlyMap<string, Pick<State, "status" | "attempts">>,
): string {
  const texts = episodes.map(({ key }) => {
    const state = states.get(key);
    return state === undefined ? "-" : `${state.status}${state.attempts}`;
  });
  return Bun.hash(texts.join(" ")).toString(36);
}

export class RunWatch {
  readonly #store: Store;
  readonly #run: OpenRun;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #states = new Map<string, State>();
  /** Of episodes under way. */
  readonly #tails = new Map<string, EpisodeTail>();
  #settled: number | undefined;
  #begun = false;

  constructor(store: Store, run: OpenRun, clock: Pick<Clock, "nowMs">) {
    this.#store = store;
    this.#run = run;
    this.#clock = clock;
  }

  /** Throws `StoreError`. */
  async look(): Promise<RunNow> {
    await this.#readStates();
    const { folder, episodes } = this.#run;
    const playing: EpisodeNow[] = [];
    for (const { key } of episodes) {
      const state = this.#states.get(key);
      if (state !== undefined && state.status !== "finished") playing.push(await this.#now(key, state));
    }
    return {
      id: folder.id,
      heldBy: folder.holder()?.pid,
      states: runStates(episodes, this.#states),
      playing,
    };
  }

  /** One of them. Throws `StoreError`. */
  async episode(key: string): Promise<EpisodeNow> {
    return this.#now(key, await this.#peek(key));
  }

  /** States of those that were not finished when last seen, if any may have changed. */
  async #readStates(): Promise<void> {
    const { folder, episodes } = this.#run;
    const changedMs = (await stat(folder.episodesFolder()).catch(() => undefined))?.mtimeMs;
    if (changedMs === this.#settled) return;
    const nowMs = this.#clock.nowMs();
    if (!this.#begun) await this.#takeFinished();
    this.#begun = true;
    for (const { key } of episodes) {
      if (this.#states.get(key)?.status === "finished") continue;
      const state = await this.#peek(key);
      if (state !== undefined) this.#states.set(key, state);
    }
    this.#settled = changedMs !== undefined && nowMs - changedMs > settledAfterMs ? changedMs : undefined;
  }

  /** From the index, which read the states of those that are finished already: a run may have very many. */
  async #takeFinished(): Promise<void> {
    for (const { key, status, attempts, record } of await this.#store.catalogue.standings(this.#run.folder.id)) {
      if (status === "finished" && record !== null) this.#states.set(key, { status, attempts, record });
    }
  }

  async #peek(key: string): Promise<State | undefined> {
    const state = await this.#run.folder.peekState(key);
    return state && { ...state, failure: state.failure?.message };
  }

  async #now(key: string, state: State | undefined): Promise<EpisodeNow> {
    const failure = state?.failure;
    if (state?.record !== undefined) {
      this.#tails.delete(key);
      const { end } = await this.#store.records.get(state.record, "automem.episode/1");
      const { steps, progress } = end;
      return {
        key,
        status: "finished",
        steps,
        lastStep: Math.max(0, steps - 1),
        progress,
        version: "finished",
        failure,
      };
    }
    const tail = this.#tails.get(key) ?? new EpisodeTail(this.#run.folder.journalFolder(key));
    this.#tails.set(key, tail);
    const { steps, lastStep, progress, version } = tail.read();
    const status = state === undefined ? "not started" : state.status === "failed" ? "failed" : "under way";
    return { key, status, steps, lastStep, progress, version: `${state?.attempts ?? 0}.${version}`, failure };
  }
}
