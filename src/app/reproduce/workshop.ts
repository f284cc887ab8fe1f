/** What doing things again needs: games and models, opened once and kept until the end, a folder that goes away, and who is told of progress. */
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutomemError } from "../../core/errors.ts";
import type { Game } from "../../core/game.ts";
import { canonicalJson } from "../../core/json.ts";
import { removeFolder } from "../../platform/remove-folder.ts";
import { openGame } from "../../plugins/open.ts";
import { GameSlot } from "../../run/game-slot.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import { type PlayModels, withPlayModels } from "../models.ts";
import { type FieldCheck, notDoneAgain } from "./report.ts";

export interface ReproduceOptions {
  /** Episodes: ask the models again, call by call. */
  modelCalls: boolean;
  /** Trainings: the weights to train on, where they are not found by the base's name. */
  base?: string | undefined;
  signal: AbortSignal;
  onProgress?: ((line: string) => void) | undefined;
}

/** Who is asked, as `withPlayModels` has it. */
export type AskedModels = Parameters<typeof withPlayModels>[1];

interface HeldModels {
  models: PlayModels;
  release: () => Promise<void>;
}

export class Workshop {
  readonly app: App;
  readonly store: Store;
  readonly options: ReproduceOptions;
  readonly #games = new Map<string, GameSlot>();
  readonly #models = new Map<string, HeldModels>();
  #folder: string | undefined;

  constructor(app: App, store: Store, options: ReproduceOptions) {
    this.app = app;
    this.store = store;
    this.options = options;
  }

  tell(line: string): void {
    this.options.onProgress?.(line);
  }

  /** Throws the signal's reason once a stop was asked for. */
  checkStop(): void {
    this.options.signal.throwIfAborted();
  }

  /** A process of the game, kept for the next episode. */
  async game(name: string): Promise<Game> {
    const slot = this.#games.get(name) ?? new GameSlot(() => this.#openGame(name));
    this.#games.set(name, slot);
    return slot.get();
  }

  /** After a fault: the next episode gets another process. */
  async dropGame(name: string): Promise<void> {
    await this.#games.get(name)?.drop();
  }

  /** Opened as for a run, an adapter loaded and verified. Kept until the end; others that were open are closed first. */
  async models(asked: AskedModels): Promise<PlayModels> {
    const key = canonicalJson(JSON.parse(JSON.stringify(asked)));
    const known = this.#models.get(key);
    if (known !== undefined) return known.models;
    await this.#releaseModels();
    const held = await hold(this.app, asked);
    this.#models.set(key, held);
    return held.models;
  }

  /** A folder of its own below the one that is removed at the end. */
  async folder(name: string): Promise<string> {
    this.#folder ??= await mkdtemp(join(tmpdir(), "automem-reproduce-"));
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** The checks that the work gives; where it fails, that it could not be done again, and why. A stop passes through. */
  async attempt(field: string, work: () => Promise<FieldCheck[]>): Promise<FieldCheck[]> {
    this.checkStop();
    try {
      return await work();
    } catch (fault) {
      this.checkStop();
      if (!(fault instanceof AutomemError)) throw fault;
      return [notDoneAgain(field, fault.message)];
    }
  }

  async close(): Promise<void> {
    for (const slot of this.#games.values()) await slot.drop();
    await this.#releaseModels();
    if (this.#folder !== undefined) await removeFolder(this.#folder);
  }

  #openGame(name: string): Promise<Game> {
    const { registry, version, environment } = this.app;
    return openGame(registry, name, { automemVersion: version, environment });
  }

  async #releaseModels(): Promise<void> {
    const held = [...this.#models.values()];
    this.#models.clear();
    for (const { release } of held) await release();
  }
}

/** `withPlayModels` holds models as long as its work takes: here, until they are released. */
function hold(app: App, asked: AskedModels): Promise<HeldModels> {
  const { promise, resolve, reject } = Promise.withResolvers<HeldModels>();
  const end = Promise.withResolvers<void>();
  const closed = withPlayModels(app, asked, async (models) => {
    const release = async () => {
      end.resolve();
      await closed;
    };
    resolve({ models, release });
    await end.promise;
  });
  closed.catch(reject);
  return promise;
}
