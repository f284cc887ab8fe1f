/** The HTTP API over the store: JSON under /api, described under /api/openapi.json. `GET` only, but for starting and stopping work. */
import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { onlyFromHere, type Reach, refusal, strictHeaders } from "../security.ts";
import { answerFault } from "./answers.ts";
import { compareRoutes } from "./compare.ts";
import { episodeRoutes } from "./episodes.ts";
import { modelRoutes, pluginRoutes } from "./plugins.ts";
import { runRoutes } from "./runs.ts";

/** The routes alone; the page's client is typed by them. */
function apiRoutes(app: App) {
  return new Hono()
    .get("/version", (context) => context.json({ version: app.version }))
    .route("/runs", runRoutes(app))
    .route("/runs/:run/episodes/:episode", episodeRoutes(app))
    .route("/compare", compareRoutes(app))
    .route("/plugins", pluginRoutes(app))
    .route("/models", modelRoutes(app));
}

export type Api = ReturnType<typeof apiRoutes>;

/** Everything that is answered under `/api`, and the headers of all answers. */
export function apiServer(app: App, reach: Reach): Hono {
  const server = new Hono();
  server.onError(answerFault);
  server.use(strictHeaders(), onlyFromHere(reach));
  server.use("/api/*", async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  const routes = apiRoutes(app);
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
  return server;
}
