/** What can be asked of the lists of runs, as parts of an address. Pure: the server and the page of a static copy read addresses alike. */
import * as v from "valibot";
import { episodeSorts, episodeStates } from "../../app/web/episode-filter.ts";
import { runSorts } from "../../app/web/run-filter.ts";
import { Whole } from "./query.ts";

export const RunQuery = v.object({
  /** Words that must all stand in id, game, model or scaffold; case does not matter. */
  search: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  game: v.optional(v.string()),
  model: v.optional(v.string()),
  scaffold: v.optional(v.string()),
  /** Name of an adapter: runs that it played in as the specialist. */
  specialist: v.optional(v.string()),
  state: v.optional(v.picklist(["finished", "under way", "stopped", "unreadable"])),
  sort: v.optional(v.picklist(runSorts), "created"),
  order: v.optional(v.picklist(["up", "down"]), "down"),
  offset: v.optional(Whole, "0"),
  limit: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(500)), "50"),
});

export const EpisodeQuery = v.object({
  /** Words that must all stand in task, seed or key; case does not matter. */
  search: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  state: v.optional(v.picklist(episodeStates)),
  sort: v.optional(v.picklist(episodeSorts), "planned"),
  order: v.optional(v.picklist(["up", "down"]), "up"),
  offset: v.optional(Whole, "0"),
  limit: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(500)), "50"),
});

export const CompareQuery = v.object({
  /** Names of runs with commas between them; the first is what the others are compared with. */
  runs: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000)),
});
