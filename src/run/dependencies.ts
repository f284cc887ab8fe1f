/** What a run is given. */
import type { Specialist } from "../agent/play-episode.ts";
import type { Budget } from "../core/budget.ts";
import type { ChatModel } from "../core/chat-model.ts";
import type { Game } from "../core/game.ts";
import type { Scaffold } from "../core/scaffold.ts";
import type { Clock } from "../platform/clock.ts";
import type { Store } from "../store/store.ts";
import type { CallCache } from "./call-cache.ts";
import type { RunEvent } from "./events.ts";

/** The concrete things a run is made of. Game processes that the run opens it closes; the model and the store stay the caller's. */
export interface RunDependencies {
  store: Store;
  /** Starts one game process. Called once for each worker, and again for a lost one. */
  openGame: () => Promise<Game>;
  /** Shared by all workers. */
  model: ChatModel;
  /** Keeps the memory in its place; `adapter` must be loaded. Shared as the model is. */
  specialist?: Specialist | undefined;
  scaffold: Scaffold;
  clock: Clock;
  automemVersion: string;
  /** Where replies are kept, for runs that ask for it. */
  callCache?: CallCache | undefined;
  /** In place of the settings' own, for a caller that keeps the books over several runs. */
  budget?: Budget | undefined;
  /** Stops the run between calls; what was played stays, and can be resumed. */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: RunEvent) => void) | undefined;
}
