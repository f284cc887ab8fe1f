/** The state of a store as a text for each kind of thing in it: it changed if the text did. Cheap enough to be asked each second. */
import { stat } from "node:fs/promises";
import type { App } from "../app.ts";

export interface StoreState {
  /** Runs, their episodes, how far those under way have come, and who plays them. */
  runs: string;
  campaigns: string;
}

export async function storeState(app: App): Promise<StoreState> {
  const { campaigns, catalogue, runs } = await app.store();
  const rows = await catalogue.listRuns();
  const runTexts: string[] = [];
  for (const { id, finished, failed, planned, problem } of rows) {
    const folder = runs.folder(id);
    const holder = problem === null && finished < planned ? folder.holder()?.pid : undefined;
    const grown = holder === undefined ? "" : await modified(folder.episodesFolder());
    runTexts.push(`${id} ${finished} ${failed} ${holder} ${grown}`);
  }
  const campaignTexts: string[] = [];
  for (const id of await campaigns.ids()) {
    campaignTexts.push(`${id} ${campaigns.holder(id)?.pid} ${await modified(campaigns.logPath(id))}`);
  }
  return { runs: runTexts.join("\n"), campaigns: campaignTexts.join("\n") };
}

async function modified(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
