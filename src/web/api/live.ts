/** What changes while one looks, as server-sent events: that the lists changed, and how far an episode has come. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { storeState } from "../../app/web/store-state.ts";

const lookEveryMs = 1_000;
/** Proxies and browsers let go of what says nothing. */
const sayEveryMs = 15_000;

export function liveRoutes(app: App) {
  return new Hono().get(
    "/",
    describeRoute({
      summary: "Events `runs` and `campaigns` whenever something of them changed; the data is a number that counts up",
      tags: ["live"],
    }),
    (context) =>
      streamSSE(context, async (stream) => {
        let seen: Awaited<ReturnType<typeof storeState>> | undefined;
        let count = 0;
        let saidMs = app.clock.monotonicMs();
        while (!stream.aborted && !stream.closed) {
          const now = await storeState(app);
          for (const name of ["runs", "campaigns"] as const) {
            if (seen !== undefined && seen[name] === now[name]) continue;
            await stream.writeSSE({ event: name, data: String(count++) });
            saidMs = app.clock.monotonicMs();
          }
          seen = now;
          if (app.clock.monotonicMs() - saidMs > sayEveryMs) {
            await stream.write(": still here\n\n");
            saidMs = app.clock.monotonicMs();
          }
          await stream.sleep(lookEveryMs);
        }
      }),
  );
}
