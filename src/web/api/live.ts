/** What changes while one looks, as server-sent events: that the lists changed, and how far an episode has come. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { type StoreState, storeState } from "../../app/web/store-state.ts";

const lookEveryMs = 1_000;
/** Proxies and browsers let go of what says nothing. */
const sayEveryMs = 15_000;

export function liveRoutes(app: App) {
  const look = sharedLook(app);
  return new Hono().get(
    "/",
    describeRoute({
      summary: "Events `runs` and `campaigns` whenever something of them changed; the data is a number that counts up",
      tags: ["live"],
    }),
    (context) =>
      streamSSE(context, async (stream) => {
        let seen: StoreState | undefined;
        let count = 0;
        let saidMs = app.clock.monotonicMs();
        while (!stream.aborted && !stream.closed) {
          const now = await look();
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

/** However many look on, the store is looked at once a second; where that takes long, less often. */
function sharedLook(app: App): () => Promise<StoreState> {
  let state: Promise<StoreState> | undefined;
  let freshUntilMs = 0;
  return () => {
    const startMs = app.clock.monotonicMs();
    if (state !== undefined && startMs < freshUntilMs) return state;
    freshUntilMs = Number.POSITIVE_INFINITY;
    state = storeState(app).finally(() => {
      const endMs = app.clock.monotonicMs();
      freshUntilMs = endMs + Math.max(0.9 * lookEveryMs, 4 * (endMs - startMs));
    });
    return state;
  };
}
