/** What adapters are made of and what was made: datasets with the provenance of each item, adapters. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { allAdapters } from "../../app/adapters/adapters.ts";
import type { App } from "../../app/app.ts";
import { findDataset, itemView, listDatasets } from "../../app/train/datasets.ts";
import { adapterLineage, adapterPage } from "../../app/web/adapter-page.ts";
import { DatasetPages } from "../../app/web/dataset-page.ts";
import { Whole } from "./query.ts";
import { TurnQuery } from "./training-queries.ts";
import { valid } from "./valid.ts";

const Dataset = v.object({ dataset: v.string() });
const Item = v.object({ ...Dataset.entries, item: Whole });
const Adapter = v.object({ adapter: v.string() });
export function datasetRoutes(app: App) {
  const pages = new DatasetPages(app);
  return new Hono()
    .get("/", describe("Datasets"), async (context) =>
      context.json({
        datasets: (await listDatasets(app)).map(({ hash, record }) => ({
          hash,
          game: record.game,
          selector: record.selector.name,
          episodes: record.episodes.length,
          items: record.train.items,
          lines: record.train.lines,
          validation: record.validation.items,
        })),
      }),
    )
    .get(
      "/:dataset",
      describe("A dataset: criteria, counts, and the episodes that its items are from"),
      valid("param", Dataset),
      async (context) => context.json(await pages.page(context.req.valid("param").dataset)),
    )
    .get(
      "/:dataset/turns",
      describe("Its items, or the turns that were set aside with the rule, filtered, a part at a time"),
      valid("param", Dataset),
      valid("query", TurnQuery),
      async (context) =>
        context.json(await pages.turns(context.req.valid("param").dataset, context.req.valid("query"))),
    )
    .get(
      "/:dataset/items/:item",
      describe("An item word for word, and where it was played"),
      valid("param", Item),
      async (context) => {
        const { dataset, item } = context.req.valid("param");
        const found = await itemView(app, await findDataset(app, dataset), item);
        const { episode } = found.item;
        const places = await (await app.store()).catalogue.placesOf(new Set([episode]));
        return context.json({ ...found, places: places.get(episode) ?? [] });
      },
    );
}

export function adapterRoutes(app: App) {
  return new Hono()
    .get("/", describe("Adapters of the store"), async (context) => context.json({ adapters: await allAdapters(app) }))
    .get(
      "/:adapter",
      describe("An adapter: what it was made of, its checks and tests, the runs that used it, the command to use it"),
      valid("param", Adapter),
      async (context) => context.json(await adapterPage(app, context.req.valid("param").adapter)),
    )
    .get(
      "/:adapter/lineage",
      describe("The same checked all the way to the episodes, as `automem why` does; may take minutes"),
      valid("param", Adapter),
      async (context) =>
        context.json(await adapterLineage(app, context.req.valid("param").adapter, context.req.raw.signal)),
    );
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["training"] });
}
