/** Two episodes in lock-step: what they are, where they part, and what each remembers at a step. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type * as v from "valibot";
import type { App } from "../../app/app.ts";
import type { EpisodeReaders } from "../../app/episode/readers.ts";
import { firstDifferences } from "../../app/side/first-differences.ts";
import { sideMemory } from "../../app/side/side-memory.ts";
import { sidePage } from "../../app/side/side-page.ts";
import { DifferencesQuery, differencesPatienceMs, SideMemoryQuery, SideQuery } from "./side-queries.ts";
import { valid } from "./valid.ts";

export function sideRoutes(app: App, readers: EpisodeReaders) {
  const open = ({ left, right }: v.InferOutput<typeof SideQuery>) =>
    Promise.all([readers.open(left), readers.open(right)]);
  return new Hono()
    .get(
      "/",
      describe("What two episodes are, and in what they differ"),
      valid("query", SideQuery),
      async (context) => {
        const { left, right } = context.req.valid("query");
        return context.json(await sidePage(app, left, right));
      },
    )
    .get(
      "/differences",
      describe("The first steps whose action, observation or memory differs; a part of the trace at a time"),
      valid("query", DifferencesQuery),
      async (context) => {
        const { from, wanted, ...pair } = context.req.valid("query");
        const [left, right] = await open(pair);
        return context.json(
          await firstDifferences(left, right, app.clock, {
            from,
            wanted,
            patienceMs: differencesPatienceMs,
            signal: context.req.raw.signal,
          }),
        );
      },
    )
    .get(
      "/memory",
      describe(
        "What the left one remembers at the end of a step against the right one; of one that ended before, its last step",
      ),
      valid("query", SideMemoryQuery),
      async (context) => {
        const { step, ...pair } = context.req.valid("query");
        const [left, right] = await open(pair);
        return context.json({ memory: await sideMemory(left, right, step) });
      },
    );
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["side by side"] });
}
