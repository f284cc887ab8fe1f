/** How a person names a campaign, of either loop. */
import { ConfigError } from "../core/errors.ts";
import type { OpenCampaign } from "../store/campaigns.ts";
import type { App } from "./app.ts";

export type { OpenCampaign } from "../store/campaigns.ts";

/**
 * A campaign by its id or the beginning of one; `last` is the newest, if the newest run is one of its own. `undefined` if nothing is named so:
 * a run may be.
 */
export async function findCampaign(app: App, named: string): Promise<OpenCampaign | undefined> {
  const { campaigns } = await app.store();
  const ids = await campaigns.ids();
  if (ids.includes(named)) return campaigns.open(named);
  if (named === "last") return lastCampaign(app, ids);
  const matches = named === "" ? [] : ids.filter((id) => id.startsWith(named));
  if (matches.length > 1) {
    throw new ConfigError(
      `"${named}" is the beginning of ${matches.length} campaigns: ${matches.slice(0, 5).join(", ")}.`,
      { code: "ambiguous-campaign" },
    );
  }
  return matches[0] === undefined ? undefined : campaigns.open(matches[0]);
}

async function lastCampaign(app: App, ids: readonly string[]): Promise<OpenCampaign | undefined> {
  const store = await app.store();
  let newest: OpenCampaign | undefined;
  for (const id of ids) {
    const campaign = await store.campaigns.open(id);
    if (newest === undefined || campaign.file.created > newest.file.created) newest = campaign;
  }
  if (newest === undefined) return undefined;
  const run = (await store.catalogue.listRuns())[0];
  if (run === undefined || run.created < newest.file.created) return newest;
  const { lines } = await store.campaigns.readLog(newest.id);
  const own = lines.some((line) => "value" in line && (line.value as { runId?: unknown } | null)?.runId === run.id);
  return own ? newest : undefined;
}
