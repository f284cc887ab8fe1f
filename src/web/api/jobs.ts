/** Starting, stopping and going on with work: the only requests that change something. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import { jobCommands, startJob, stopWork } from "../../app/web/jobs.ts";
import { type Reach, withToken } from "../security.ts";
import { valid } from "./valid.ts";

const Job = v.strictObject({
  command: v.picklist(jobCommands),
  /** What follows the command, word by word, as its help says. */
  words: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_000))), v.maxLength(200)),
});
const Work = v.strictObject({ id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });

export function jobRoutes(app: App, reach: Reach) {
  return new Hono()
    .use(withToken(reach))
    .post("/", describe("Starts a run, a campaign, or goes on with one"), valid("json", Job), async (context) => {
      const { command, words } = context.req.valid("json");
      return context.json(await startJob(app, command, words));
    })
    .post(
      "/stop",
      describe("Stops what works on a run or campaign, as Ctrl-C does"),
      valid("json", Work),
      async (context) => context.json(await stopWork(app, context.req.valid("json").id)),
    );
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["work"], security: [{ bearer: [] }] });
}
