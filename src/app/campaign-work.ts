/** What starting and going on with a campaign has in common in both loops. */
import { ConfigError } from "../core/errors.ts";
import type { CampaignLog } from "../store/campaign-log.ts";
import { ActivityWriter } from "./activity/writer.ts";
import type { App } from "./app.ts";

/**
 * Holds a campaign's lock, its log and the file of what it is doing as long as `use` takes. Throws `StoreError` `run-held` while another process
 * works on it.
 */
export async function withCampaignLog<Result>(
  app: App,
  id: string,
  use: (log: CampaignLog, activity: ActivityWriter) => Promise<Result>,
): Promise<Result> {
  const { campaigns } = await app.store();
  const lock = await campaigns.lock(id, app.clock.nowMs());
  try {
    const log = await campaigns.openLog(id);
    try {
      const activity = new ActivityWriter(campaigns.activityPath(id), app.clock);
      const result = await use(log, activity).catch(async (fault) => {
        // What stopped the campaign is what must be told.
        await activity.close().catch(() => undefined);
        throw fault;
      });
      await activity.close();
      return result;
    } finally {
      await log.close();
    }
  } finally {
    lock.release();
  }
}

/** What a campaign was made with, as recorded and as it is now. Throws `ConfigError` `campaign-changed` that names what differs. */
export function refuseChanged(
  id: string,
  facts: readonly (readonly [name: string, was: unknown, is: unknown])[],
): void {
  const changed = facts.filter(([, was, is]) => was !== is);
  if (changed.length === 0) return;
  const list = changed.map(([name, was, is]) => `${name} was ${was ?? "unknown"}, is ${is ?? "unknown"}`);
  throw new ConfigError(
    `Campaign ${id} cannot go on, since it would mix two experiments: ${list.join("; ")}. Bring back what it was made with, or start a new one.`,
    { code: "campaign-changed", data: { id, changed: changed.map(([name]) => name) } },
  );
}
