/** Which runs hold an episode: its record does not say, since equal play in two runs gives one record. */
import type { Hash } from "../../core/hash.ts";
import { episodeKey } from "../../store/run-id.ts";
import type { Store } from "../../store/store.ts";

export interface PlayedEpisode {
  record: Hash;
  task: string;
  seed: number;
}

/** `RUN/EPISODE` as `automem show` takes it, by the hash of the record; in order of the runs' names. Throws `StoreError`. */
export async function placesOf(store: Store, episodes: readonly PlayedEpisode[]): Promise<Map<Hash, string[]>> {
  const places = new Map<Hash, string[]>(episodes.map(({ record }) => [record, []]));
  const keys = new Set(episodes.map(episodeKey));
  for (const id of await store.runs.ids()) {
    const folder = store.runs.folder(id);
    for (const key of await folder.startedKeys()) {
      if (!keys.has(key)) continue;
      const record = (await folder.peekState(key))?.record;
      if (record !== undefined) places.get(record)?.push(`${id}/${key}`);
    }
  }
  return places;
}
