/** The HTTP API over the store: JSON under /api, described under /api/openapi.json. `GET` only, but for starting and stopping work. */
import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import { ActivityReaders } from "../../app/activity/readers.ts";
import type { App } from "../../app/app.ts";
import { Pictures } from "../../app/episode/pictures.ts";
import { EpisodeReaders } from "../../app/episode/readers.ts";
import { LiveLooks } from "../../app/live/live-looks.ts";
import { knownScaffolds } from "../../app/scaffolds.ts";
import type { CommandForm } from "../../app/web/forms.ts";
import { onlyFromHere, type Reach, refusal, strictHeaders } from "../security.ts";
import { accessRoutes } from "./access.ts";
import { activityRoutes } from "./activity.ts";
import { answerFault } from "./answers.ts";
import { campaignRoutes } from "./campaigns.ts";
import { compareRoutes } from "./compare.ts";
import { episodeRoutes } from "./episodes.ts";
import { jobRoutes } from "./jobs.ts";
import { type LiveServer, liveRoutes } from "./live.ts";
import { modelRoutes, pluginRoutes } from "./plugins.ts";
import { runRoutes } from "./runs.ts";
import { sideRoutes } from "./side.ts";
import { adapterRoutes, datasetRoutes } from "./training.ts";

export interface ApiOptions {
  reach: Reach;
  forms: readonly CommandForm[];
}

/** What the routes share. */
interface ApiParts {
  pictures: Pictures;
  readers: EpisodeReaders;
  activity: ActivityReaders;
  live: LiveServer;
}

/** The routes alone; the page's client is typed by them. */
function apiRoutes(app: App, { reach, forms }: ApiOptions, parts: ApiParts) {
  const { pictures, readers, activity, live } = parts;
  return new Hono()
    .get("/version", (context) => context.json({ version: app.version }))
    .get("/forms", async (context) => context.json({ forms, scaffolds: await knownScaffolds(app) }))
    .route("/runs", runRoutes(app))
    .route("/runs/:run/episodes/:episode", episodeRoutes(app, pictures, readers))
    .route("/compare", compareRoutes(app))
    .route("/side", sideRoutes(app, readers))
    .route("/plugins", pluginRoutes(app))
    .route("/models", modelRoutes(app))
    .route("/campaigns", campaignRoutes(app))
    .route("/datasets", datasetRoutes(app))
    .route("/adapters", adapterRoutes(app))
    .route("/campaigns/:campaign/activity", activityRoutes(app, activity))
    .route("/live", liveRoutes(app, live))
    .route("/access", accessRoutes(reach))
    .route("/jobs", jobRoutes(app, reach));
}

export type Api = ReturnType<typeof apiRoutes>;

export interface ApiServer {
  server: Hono;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/** Everything that is answered under `/api`, and the headers of all answers. */
export function apiServer(app: App, options: ApiOptions): ApiServer {
  const server = new Hono();
  server.onError(answerFault);
  server.use(strictHeaders(), onlyFromHere(options.reach));
  server.use("/api/*", async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  const readers = new EpisodeReaders(app);
  const pictures = new Pictures(app, readers);
  const activity = new ActivityReaders(app);
  const closing = new AbortController();
  const looks = new LiveLooks(app, activity);
  const live: LiveServer = { looks, instance: crypto.randomUUID(), closed: closing.signal };
  const routes = apiRoutes(app, options, { pictures, readers, activity, live });
  server.route("/api", routes);
  server.get(
    "/api/openapi.json",
    openAPIRouteHandler(server, {
      documentation: {
        info: { title: "automem", version: app.version, description: "What the page of automem ui reads." },
      },
    }),
  );
  server.all("/api/*", (context) => context.json(refusal("no-route", `There is no ${context.req.path}.`), 404));
  return {
    server,
    close: () => {
      closing.abort();
      return pictures.close();
    },
  };
}
