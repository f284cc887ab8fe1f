/** What is installed: plugins with their certificates, models on this machine. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { modelChecks } from "../../app/checks/model-checks.ts";
import { modelFiles } from "../../app/models.ts";
import { listPlugins } from "../../app/plugins.ts";

export function pluginRoutes(app: App) {
  return new Hono().get(
    "/",
    describeRoute({ summary: "Plugins, installed and to be had", tags: ["plugins"] }),
    async (context) => context.json(await listPlugins(app)),
  );
}

export function modelRoutes(app: App) {
  return new Hono().get(
    "/",
    describeRoute({
      summary: "Models on this machine, and what the last check of each model and version found, newest first",
      tags: ["plugins"],
    }),
    async (context) => context.json({ ...(await modelFiles(app).list()), checks: await modelChecks(app) }),
  );
}
