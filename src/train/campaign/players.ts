/** The players of a campaign, and which adapters its server holds: those that were made to play and are of no more use are let go. */
import type { Player } from "../../campaign/arena.ts";
import type { AdapterRecord } from "../../core/adapter.ts";
import type { Hash } from "../../core/hash.ts";
import type { Stage } from "./parts.ts";

export class Players {
  readonly #stage: Pick<Stage, "player" | "serve" | "release">;
  /** Adapters that this process has made the server load. */
  readonly #loaded = new Set<Hash>();

  constructor(stage: Pick<Stage, "player" | "serve" | "release">) {
    this.#stage = stage;
  }

  /** With that adapter, or the base alone. */
  player(adapter: Hash | undefined): Player {
    const player = this.#stage.player(adapter);
    if (adapter === undefined) return player;
    const { name, scaffold, settings } = player;
    const dependencies = () => {
      this.#loaded.add(adapter);
      return player.dependencies();
    };
    return { name, scaffold, ...(settings && { settings }), dependencies };
  }

  /** Throws as `Stage.serve`. */
  async serve(adapter: AdapterRecord): Promise<void> {
    this.#loaded.add(adapter.name);
    await this.#stage.serve(adapter);
  }

  /** Lets go of all other adapters. */
  async keepOnly(adapters: readonly (Hash | undefined)[]): Promise<void> {
    for (const adapter of [...this.#loaded]) {
      if (adapters.includes(adapter)) continue;
      await this.#stage.release(adapter);
      this.#loaded.delete(adapter);
    }
  }
}
