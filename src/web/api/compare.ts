/** Runs side by side. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { gatherRuns } from "../../app/compare/compare.ts";
import { comparePageOf } from "../../app/web/compare-page.ts";
import { CompareQuery } from "./run-queries.ts";
import { valid } from "./valid.ts";

export function compareRoutes(app: App) {
  return new Hono().get(
    "/",
    describeRoute({ summary: "Scores, paired differences and memory figures of runs of one game", tags: ["runs"] }),
    valid("query", CompareQuery),
    async (context) => context.json(comparePageOf(await gatherRuns(app, context.req.valid("query").runs.split(",")))),
  );
}
