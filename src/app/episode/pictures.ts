/**
 * Pictures of steps: the recorded actions are played again in the real game up to the step, which is then drawn. What the game shows on the way
 * must be what was recorded, else there is no picture. Those drawn are kept in AUTOMEM_HOME/cache/pictures, which can be deleted.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import type { Game } from "../../core/game.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import { openGame } from "../../plugins/open.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget } from "../inspect.ts";
import type { EpisodeReaders } from "./readers.ts";

type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

/** A game process that stands at a step of an episode. */
interface Stand {
  episode: string;
  game: Game;
  stepIndex: number;
}

/** Steps played on the way to a picture at most, in one go. */
const mostSteps = 20_000;

export class Pictures {
  readonly #app: App;
  readonly #readers: EpisodeReaders;
  /** One at a time: the last episode that was looked at. */
  #stand: Stand | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(app: App, readers: EpisodeReaders) {
    this.#app = app;
    this.#readers = readers;
  }

  /**
   * PNG of the state at the beginning of a step; `undefined` for a game that draws nothing. Throws `ConfigError` (`no-picture`: the game shows
   * something else now, or is too far; `plugin-missing`; `no-such-step`), `GameError`, the signal's reason.
   */
  async of(named: string, stepIndex: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const target = await findTarget(this.#app, named);
    const { key } = episodeOf(target);
    // An episode under way may be begun anew, so its pictures are not kept.
    const record = (await target.run.folder.peekState(key))?.record;
    const path = record && join(this.#app.home.cache, "pictures", record, `${stepIndex}.png`);
    const kept = path && (await readFile(path).catch(() => undefined));
    if (kept) return kept;
    return this.#oneAtATime(async () => {
      signal.throwIfAborted();
      const episode = `${target.run.folder.id}/${key}`;
      const png = await this.#draw(episode, target.run.record.game.name, stepIndex, signal);
      if (path && png !== undefined) {
        await mkdir(dirname(path), { recursive: true });
        await writeAtomic(path, png);
      }
      return png;
    });
  }

  /** Ends the game process. */
  async close(): Promise<void> {
    await this.#oneAtATime(() => this.#leave());
  }

  async #draw(
    episode: string,
    gameName: string,
    stepIndex: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const reader = await this.#readers.open(episode);
    const { start, steps } = await reader.summary();
    if (stepIndex > steps) throw noPicture(`There is no step ${stepIndex}: the episode has ${steps} steps.`);
    try {
      const stand = await this.#standBefore(episode, gameName, start, stepIndex);
      if (stepIndex - stand.stepIndex > mostSteps) {
        throw noPicture(`A picture of step ${stepIndex} would take ${stepIndex - stand.stepIndex} steps of play.`);
      }
      await playTo(stand, reader, stepIndex, signal);
      return await stand.game.render();
    } catch (fault) {
      await this.#leave();
      throw fault;
    }
  }

  async #standBefore(
    episode: string,
    gameName: string,
    start: EntryOf<"episode-start">,
    stepIndex: number,
  ): Promise<Stand> {
    const present = this.#stand;
    if (present?.episode === episode && present.stepIndex <= stepIndex) return present;
    const { registry, environment, version } = this.#app;
    let game = present?.game;
    if (present?.episode !== episode || game === undefined) {
      await this.#leave();
      game = await openGame(registry, gameName, { automemVersion: version, environment });
    }
    this.#stand = { episode, game, stepIndex: 0 };
    await game.reset({ task: start.task, seed: start.seed, options: start.gameOptions });
    return this.#stand;
  }

  async #leave(): Promise<void> {
    const { game } = this.#stand ?? {};
    this.#stand = undefined;
    await game?.close();
  }

  #oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

async function playTo(stand: Stand, reader: EpisodeReader, stepIndex: number, signal: AbortSignal): Promise<void> {
  while (stand.stepIndex < stepIndex) {
    signal.throwIfAborted();
    const { action, outcome } = await reader.step(stand.stepIndex);
    if (action === undefined) throw noPicture(`Step ${stand.stepIndex} was not played yet.`);
    const { observation } = await stand.game.step(action.action);
    stand.stepIndex += 1;
    const recorded = outcome?.observation;
    if (recorded !== undefined && (recorded.long !== observation.long || recorded.short !== observation.short)) {
      throw noPicture(
        `The installed game shows something else at step ${stand.stepIndex} than was recorded, so its picture would mislead. Was it recorded with another version?`,
      );
    }
  }
}

function noPicture(message: string): ConfigError {
  return new ConfigError(message, { code: "no-picture" });
}
