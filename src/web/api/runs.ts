/** The runs of the store: a page of them, filtered and sorted; one of them with its episodes. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { findRun } from "../../app/runs.ts";
import { runPage } from "../../app/web/run-page.ts";
import { runView } from "../../app/web/run-view.ts";
import { EpisodeQuery, RunQuery } from "./run-queries.ts";
import { valid } from "./valid.ts";

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
