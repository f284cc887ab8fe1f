/** `automem reproduce`: does a recorded thing again from its recorded inputs and says what is equal. Nothing is written to the store. */
import type { App } from "../app.ts";
import { findRecord, kindName, type NamedRecord } from "../lineage/find-record.ts";
import { campaignAgain, judgedAgain } from "./campaign.ts";
import { datasetAgain } from "./dataset.ts";
import { episodeAgain } from "./episode.ts";
import { evaluationAgain, runAgain, runsOf } from "./played.ts";
import { notDoneAgain, type Reproduction, reproduction } from "./report.ts";
import { revisionAgain, scaffoldAgain } from "./scaffold.ts";
import { adapterAgain, recipeAgain, trainingAgain } from "./training.ts";
import { type ReproduceOptions, Workshop } from "./workshop.ts";

export type { FieldCheck, Reproduction, Standing } from "./report.ts";

/** `named` as in `findRecord`. Throws as that does, and the signal's reason. */
export async function reproduce(app: App, named: string, options: ReproduceOptions): Promise<Reproduction> {
  const found = await findRecord(app, named);
  const shop = new Workshop(app, await app.store(), options);
  try {
    return await again(shop, found);
  } catch (fault) {
    // What was stopped says so, whatever it broke off.
    shop.checkStop();
    throw fault;
  } finally {
    await shop.close();
  }
}

async function again(shop: Workshop, found: NamedRecord): Promise<Reproduction> {
  const { hash, kind, campaign } = found;
  switch (kind) {
    case "automem.episode/1":
      return episodeAgain(shop, hash);
    case "automem.run/1":
      return runOf(shop, found);
    case "automem.evaluation/1":
      return evaluationAgain(shop, hash);
    case "automem.dataset/1":
      return datasetAgain(shop, hash);
    case "automem.recipe/1":
      return recipeAgain(shop, hash);
    case "automem.training/1":
      return trainingAgain(shop, hash);
    case "automem.adapter/1":
      return adapterAgain(shop, hash);
    case "automem.scaffold-record/1":
      return scaffoldAgain(shop, hash);
    case "automem.revision/1":
      return revisionAgain(shop, hash);
    case "automem.verdict/1":
      return judgedAgain(shop, hash, "verdict", campaign);
    case "automem.trial/1":
      return judgedAgain(shop, hash, "trial", campaign);
    case "automem.campaign-end/1":
      return judgedAgain(shop, hash, "campaign-end", campaign);
    case "automem.train-end/1":
      return judgedAgain(shop, hash, "train-end", campaign);
    case "automem.campaign/1":
    case "automem.train-campaign/1":
      return campaignAgain(shop, hash, campaign);
  }
}

async function runOf(shop: Workshop, { hash, kind, run }: NamedRecord): Promise<Reproduction> {
  if (run !== undefined) return runAgain(shop, await shop.store.runs.open(run));
  const parts: Reproduction[] = [];
  for (const open of await runsOf(shop, hash)) parts.push(await runAgain(shop, open));
  const [only, other] = parts;
  if (only !== undefined && other === undefined) return only;
  const about = { record: hash, kind: kindName(kind), title: `${parts.length} runs that set out to do the same` };
  if (only !== undefined) return reproduction(about, [], parts);
  return reproduction(about, [notDoneAgain("episodes", "No run of this store has this record.")]);
}
