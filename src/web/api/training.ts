/** What adapters are made of and what was made: datasets with the provenance of each item, adapters. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { allAdapters } from "../../app/adapters/adapters.ts";
import type { App } from "../../app/app.ts";
import { placesOf } from "../../app/lineage/places.ts";
import { datasetView, findDataset, itemView, listDatasets, statsOf } from "../../app/train/datasets.ts";
import { Whole } from "./query.ts";
import { valid } from "./valid.ts";

const Item = v.object({ dataset: v.string(), item: Whole });

export function datasetRoutes(app: App) {
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
    .get("/:dataset", describe("A dataset: criteria, counts, and a line for each item"), async (context) => {
      const dataset = await findDataset(app, context.req.param("dataset"));
      const { hash, record, criteria, items } = await datasetView(app, dataset);
      return context.json({ hash, record, criteria, items, stats: await statsOf(app, dataset) });
    })
    .get(
      "/:dataset/items/:item",
      describe("An item word for word, and where it was played"),
      valid("param", Item),
      async (context) => {
        const { dataset, item } = context.req.valid("param");
        const found = await itemView(app, await findDataset(app, dataset), item);
        const { episode: record, task, seed } = found.item;
        const places = await placesOf(await app.store(), [{ record, task, seed }]);
        return context.json({ ...found, places: places.get(record) ?? [] });
      },
    );
}

export function adapterRoutes(app: App) {
  return new Hono().get("/", describe("Adapters of the store"), async (context) =>
    context.json({ adapters: await allAdapters(app) }),
  );
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["training"] });
}
