/** Who asks: whether the token that a tab holds is that of this server. Always answered with 200, so that a tab can ask without an error. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { isBearer, type Reach } from "../security.ts";

export function accessRoutes(reach: Reach) {
  return new Hono().get(
    "/",
    describeRoute({ summary: "Whether the token that is sent may begin and stop work", tags: ["work"] }),
    (context) => context.json({ mayChange: isBearer(reach, context.req.header("authorization")) }),
  );
}
