/** The runs of the store: a page of them, filtered and sorted; one of them with its episodes. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import { findRun } from "../../app/runs.ts";
import { runSorts } from "../../app/web/run-filter.ts";
import { runPage } from "../../app/web/run-page.ts";
import { episodeSorts, episodeStates, runView } from "../../app/web/run-view.ts";
import { Whole } from "./query.ts";
import { valid } from "./valid.ts";

export const RunQuery = v.object({
  /** Words that must all stand in id, game, model or scaffold; case does not matter. */
  search: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  game: v.optional(v.string()),
  model: v.optional(v.string()),
  scaffold: v.optional(v.string()),
  /** Name of an adapter: runs that it played in as the specialist. */
  specialist: v.optional(v.string()),
  state: v.optional(v.picklist(["finished", "under way", "owed", "unreadable"])),
  sort: v.optional(v.picklist(runSorts), "created"),
  order: v.optional(v.picklist(["up", "down"]), "down"),
  offset: v.optional(Whole, "0"),
  limit: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(500)), "100"),
});

const EpisodeQuery = v.object({
  /** Words that must all stand in task, seed or key; case does not matter. */
  search: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  state: v.optional(v.picklist(episodeStates)),
  sort: v.optional(v.picklist(episodeSorts), "planned"),
  order: v.optional(v.picklist(["up", "down"]), "up"),
  offset: v.optional(Whole, "0"),
  limit: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(500)), "100"),
});

export function runRoutes(app: App) {
  return new Hono()
    .get(
      "/",
      describeRoute({ summary: "Runs, newest first unless asked otherwise", tags: ["runs"] }),
      valid("query", RunQuery),
      async (context) => context.json(await runPage(app, context.req.valid("query"))),
    )
    .get(
      "/:run",
      describeRoute({ summary: "One run and a part of its episodes, in the order planned", tags: ["runs"] }),
      valid("query", EpisodeQuery),
      async (context) => {
        const run = await findRun(app, context.req.param("run"));
        return context.json(await runView(app, run, context.req.valid("query")));
      },
    );
}
