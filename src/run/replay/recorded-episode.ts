/** A recorded episode as a replay needs it: what was set, and its entries one step at a time, never more than one step in memory. */
import * as v from "valibot";
import { ConfigError, StoreError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { RunSettings } from "../../core/run-settings.ts";
import type { Store } from "../../store/store.ts";

export type EntryOf<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { kind: Kind }>;

/** The settings that decide what hooks are shown. */
const ReplaySettings = v.pick(RunSettings, ["agent", "memory", "sampling"]);
export type ReplaySettings = v.InferOutput<typeof ReplaySettings>;

export interface RecordedEpisode {
  /** For people: `courier-20261121-1202-n3he/default-s7`, or a folder of evidence. */
  name: string;
  /** Name of the game. */
  game: string;
  settings: ReplaySettings;
  /** A specialist spoke beside the base model. */
  twoModels?: boolean | undefined;
  /** From the first on; may be asked for more than once. */
  entries(): AsyncIterable<JournalEntry>;
}

/** One step of a recording: from what was seen to the action. */
export interface RecordedStep {
  observation: EntryOf<"observation">;
  /** What followed, in order, the action included. */
  entries: JournalEntry[];
  /** Absent behind the last step, and in one that was under way. */
  action: EntryOf<"action"> | undefined;
}

/** A finished episode of the store. Throws `StoreError`. */
export async function recordedEpisode(store: Store, hash: Hash, name: string): Promise<RecordedEpisode> {
  const record = await store.records.get(hash, "automem.episode/1");
  const settings = v.safeParse(ReplaySettings, pickSettings(record.settings));
  if (!settings.success) {
    throw new StoreError(`The settings of episode ${name} cannot be read: ${settings.issues[0].message}.`, {
      code: "bad-record",
    });
  }
  return {
    name,
    game: record.game.name,
    settings: settings.output,
    twoModels: record.specialist !== undefined,
    entries: async function* () {
      yield* (await store.readRecord(hash)).entries();
    },
  };
}

/** Reads a recording step by step. */
export class RecordedSteps {
  readonly start: EntryOf<"episode-start">;
  readonly #entries: AsyncIterator<JournalEntry>;
  #ahead: JournalEntry | undefined;

  /** Throws `ConfigError` `empty-episode` where nothing was played. */
  static async open(episode: RecordedEpisode): Promise<RecordedSteps> {
    const entries = episode.entries()[Symbol.asyncIterator]();
    const first = await entries.next();
    if (first.done || first.value.kind !== "episode-start") {
      throw new ConfigError(`Nothing of episode ${episode.name} was played yet.`, { code: "empty-episode" });
    }
    return new RecordedSteps(first.value, entries);
  }

  private constructor(start: EntryOf<"episode-start">, entries: AsyncIterator<JournalEntry>) {
    this.start = start;
    this.#entries = entries;
  }

  /** The next step; `undefined` behind the last one. */
  async next(): Promise<RecordedStep | undefined> {
    const observation = this.#ahead ?? (await this.#read());
    this.#ahead = undefined;
    if (observation?.kind !== "observation") return undefined;
    const entries: JournalEntry[] = [];
    for (let entry = await this.#read(); entry !== undefined; entry = await this.#read()) {
      if (entry.kind === "observation") {
        this.#ahead = entry;
        break;
      }
      entries.push(entry);
    }
    return { observation, entries, action: entries.find((entry) => entry.kind === "action") };
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#entries.return?.();
  }

  async #read(): Promise<JournalEntry | undefined> {
    const { done, value } = await this.#entries.next();
    return done ? undefined : value;
  }
}

function pickSettings(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => ["agent", "memory", "sampling"].includes(key)));
}
