/** What a campaign was doing, line by line, from where the asker stands: the page asks for what came since. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { ActivityReaders } from "../../app/activity/readers.ts";
import type { App } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import { ConfigError } from "../../core/errors.ts";
import { Whole } from "./query.ts";
import { valid } from "./valid.ts";

const Place = v.object({ campaign: v.string() });
const From = v.object({ from: v.optional(Whole, "0") });

export function activityRoutes(app: App, activity: ActivityReaders) {
  return new Hono().get(
    "/",
    describeRoute({
      summary: "What a campaign was doing, line by line; `next` is where to go on",
      tags: ["campaigns"],
    }),
    valid("param", Place),
    valid("query", From),
    async (context) => {
      const { campaign: named } = context.req.valid("param");
      const campaign = await findCampaign(app, named);
      if (campaign === undefined) {
        throw new ConfigError(`There is no campaign "${named}".`, { code: "unknown-campaign" });
      }
      const lines = await activity.read(campaign.id);
      // A file that was begun anew has fewer lines than someone may have seen.
      const { from } = context.req.valid("query");
      const start = from <= lines.length ? from : 0;
      return context.json({ start, lines: lines.slice(start), next: lines.length });
    },
  );
}
