/** The configurations of a campaign's ledger, each with all that decided it and what came of it, flat: to be laid side by side. */
import type { Json } from "../../core/json.ts";
import type { App } from "../app.ts";
import { flatten } from "../compare/differing-settings.ts";
import { percent } from "../units.ts";
import { type TrainCampaign, trainOverview } from "./trainings.ts";
import type { ConfigurationRow, TrialRow } from "./trial-row.ts";

export interface ConfigurationFields {
  /** `t2.1`. */
  key: string;
  /** By path: `recipe.rank`, `data.settings.repeat.write`. The data of a trial that never came about have none. */
  fields: Record<string, string>;
  /** Loss, parity, score, outcome; what there is. */
  results: Record<string, string>;
}

/** In the order of the ledger. Throws `StoreError`. */
export async function configurationFields(app: App, campaign: TrainCampaign): Promise<ConfigurationFields[]> {
  const { trials } = await trainOverview(app, campaign);
  const all: ConfigurationFields[] = [];
  for (const trial of trials) {
    const data = await dataOf(app, trial);
    for (const configuration of trial.configurations) {
      const fields = new Map<string, string>();
      flatten("recipe", configuration.recipe as unknown as Json, fields);
      all.push({
        key: configuration.key,
        fields: Object.fromEntries([...fields, ...data]),
        results: resultsOf(trial, configuration),
      });
    }
  }
  return all;
}

async function dataOf(app: App, { dataset }: TrialRow): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  if (dataset === undefined) return fields;
  const store = await app.store();
  const { episodes, criteria, selector, settings } = await store.records.get(dataset.hash, "automem.dataset/1");
  fields.set("data", dataset.hash.slice(0, 12));
  fields.set("data.lines", String(dataset.lines));
  for (const [kind, items] of Object.entries(dataset.items)) fields.set(`data.items.${kind}`, String(items));
  fields.set("data.episodes", String(episodes.length));
  fields.set("data.criteria", criteria.slice(0, 12));
  fields.set("data.selector", selector.name);
  flatten("data.selector", selector.details, fields);
  flatten("data.settings", settings, fields);
  return fields;
}

function resultsOf(trial: TrialRow, configuration: ConfigurationRow): Record<string, string> {
  const { steps, finalLoss, parity, selectMean } = configuration;
  return {
    ...(steps !== undefined && { steps: String(steps) }),
    ...(finalLoss !== undefined && { "final loss": finalLoss.toFixed(4) }),
    ...(parity && { "replies equal": `${parity.equal} of ${parity.of}` }),
    ...(selectMean !== undefined && { select: percent(selectMean) }),
    outcome: outcomeOf(trial, configuration),
  };
}

function outcomeOf(trial: TrialRow, { key, failure }: ConfigurationRow): string {
  if (failure !== undefined) return `failed in ${failure.stage} (${failure.code})`;
  const best = trial.best !== undefined && trial.configurations[trial.best]?.key === key;
  return best || trial.best === undefined ? trial.outcome : "not the best of its trial";
}
