/** How often the report seeds of a game were opened: what is chosen by many looks is not a sealed figure any more. */
import type { OpenCampaign } from "../store/campaigns.ts";
import type { Store } from "../store/store.ts";

/** Openings beside this campaign's: a campaign of either loop that opened them counts once, and each run by hand. */
export async function otherReportOpenings(store: Store, { id, record }: OpenCampaign): Promise<number> {
  const ownRuns = new Set<unknown>();
  let openings = 0;
  for (const other of await store.campaigns.ids()) {
    const { lines } = await store.campaigns.readLog(other);
    for (const line of lines) if ("value" in line) ownRuns.add((line.value as { runId?: unknown } | null)?.runId);
    if (other === id || !lines.some(({ name }) => name === "report/opened")) continue;
    if ((await store.campaigns.open(other)).record.game.name === record.game.name) openings++;
  }
  for (const run of await store.catalogue.listRuns()) {
    if (run.game !== record.game.name || run.problem !== null || ownRuns.has(run.id)) continue;
    if ((await store.runs.open(run.id)).record.settings.seedSet === "report") openings++;
  }
  return openings;
}
