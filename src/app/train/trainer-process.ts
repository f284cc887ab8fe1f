/** The trainer of a campaign: one process, started when it is needed, and again where it was lost. */
import type { Trainer } from "../../core/trainer.ts";
import type { TrainerIdentity } from "../../core/trial.ts";
import type { TrainerClient } from "../../plugins/trainer-client.ts";

export class TrainerProcess {
  readonly #start: () => Promise<TrainerClient>;
  #client: TrainerClient | undefined;

  constructor(start: () => Promise<TrainerClient>) {
    this.#start = start;
  }

  /** One caller at a time. Throws what starting throws. */
  async get(): Promise<Trainer> {
    if (this.#client?.process.hasExited) {
      await this.#client.close();
      this.#client = undefined;
    }
    this.#client ??= await this.#start();
    return this.#client;
  }

  async identity(): Promise<TrainerIdentity> {
    const { name, version, packages } = (await this.get()).ready;
    return { name, version, packages };
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}
