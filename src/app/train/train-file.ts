/** What the settings of `train` say: those of a run, and a table `train` for what a campaign adds. Flags say the same things. */
import * as v from "valibot";
import { ConfirmGateSettings } from "../../campaign/gate/settings.ts";
import { ConfigError } from "../../core/errors.ts";
import { Recipe } from "../../core/trainer.ts";
import { DatasetSettings } from "../../train/dataset/settings.ts";
import { OutcomeSettings } from "../../train/selection/outcome/settings.ts";
import { CollectionSettings, TrainSettings } from "../../train/settings.ts";
import { issueText, type RunFile, readToml, runFileOf } from "../run-file.ts";
import { resolveSettings } from "../settings.ts";
import { presetRecipe } from "./recipe-file.ts";

const fields = TrainSettings.entries;
/** Of either kind; what the paper's gate has no use for is left out. */
const Gate = v.strictObject({
  ...v.partial(ConfirmGateSettings).entries,
  kind: v.optional(v.picklist(["paper", "confirm"])),
});

export const TrainFile = v.strictObject({
  base: fields.base,
  collection: v.optional(v.partial(CollectionSettings)),
  selector: v.optional(fields.selector.wrapped),
  selection: fields.selection,
  data: v.optional(v.strictObject({ dataset: v.optional(DatasetSettings), outcome: v.optional(OutcomeSettings) })),
  /** Values to start from in place of the defaults. */
  recipePreset: v.optional(v.picklist(["paper"])),
  recipe: v.optional(v.partial(Recipe)),
  decider: v.optional(fields.decider.wrapped),
  grid: v.optional(fields.grid.wrapped),
  decision: fields.decision,
  trainer: v.optional(fields.trainer.wrapped),
  trainingSeconds: v.optional(fields.trainingSeconds.wrapped),
  parityPrompts: v.optional(fields.parityPrompts.wrapped),
  rounds: v.optional(fields.rounds.wrapped),
  trials: v.optional(fields.trials.wrapped),
  patience: v.optional(fields.patience.wrapped),
  selectSeeds: v.optional(fields.selectSeeds.wrapped),
  gate: v.optional(Gate),
  retries: v.optional(fields.retries.wrapped),
  report: v.optional(fields.report.wrapped),
  budget: v.optional(fields.budget.wrapped),
  reviewerPrices: fields.reviewerPrices,
});
export type TrainFile = v.InferInput<typeof TrainFile>;

/** A settings file, or flags, taken apart. */
export interface SaidTrainSettings {
  run: RunFile;
  train: TrainFile;
}

/** Parses a settings file. Throws `ConfigError` (`bad-settings-file`). */
export function parseTrainFile(text: string, path: string): SaidTrainSettings {
  const { train = {}, ...run } = readToml(text, path);
  return { run: runFileOf(run, path), train: checked(TrainFile, train, `${path}, table train`) as TrainFile };
}

/**
 * Settings of a campaign: defaults, then the preset of the recipe, then file, then flags. Throws `ConfigError`: as `resolveSettings`, `no-preset`, and
 * `bad-setting` for what a campaign decides itself (seeds, episodes, preset) or cannot use.
 */
export async function resolveTrainSettings(file: SaidTrainSettings, flags: SaidTrainSettings): Promise<TrainSettings> {
  const said = { ...file.run, ...flags.run };
  for (const name of ["seeds", "episodes", "preset", "budget"] as const) {
    if (said[name] === undefined) continue;
    throw new ConfigError(
      `A campaign decides itself which episodes it plays: leave out "${name}". Its size is set by --episodes (train.collection.seeds), --rounds, --trials, --select-seeds and the budgets.`,
      { code: "bad-setting" },
    );
  }
  if (said.specialistModel !== undefined) {
    throw new ConfigError(
      "train makes the specialist: an adapter of the base model. Leave out specialistModel; --specialist ADAPTER names one to start from.",
      { code: "bad-setting" },
    );
  }
  const { seeds, seedSet, scaffold, preset, budget, ...play } = await resolveSettings(file.run, flags.run);
  const { recipePreset, ...train } = { ...file.train, ...flags.train };
  const given = {
    ...(train.decider === "halving" ? { patience: wholeLadder } : {}),
    ...train,
    collection: { ...file.train.collection, ...flags.train.collection },
    data: { ...file.train.data, ...flags.train.data },
    recipe: { ...presetRecipe(recipePreset, play.game), ...file.train.recipe, ...flags.train.recipe },
    gate: gateOf({ ...file.train.gate, ...flags.train.gate }, train),
    budget: { ...file.train.budget, ...flags.train.budget },
  };
  const settings = v.safeParse(TrainSettings, { ...given, scaffold, play });
  if (settings.success) return settings.output;
  throw new ConfigError(`Settings cannot be used: ${issueText(settings.issues)}`, { code: "bad-setting" });
}

/** What the first rungs of successive halving train for a short time need not look better yet: it is not futile before the ladder's end. */
const wholeLadder = 0;

/** The error budget is shared among as many tests as the campaign has trials, unless something else is said. */
function gateOf(gate: NonNullable<TrainFile["gate"]>, { rounds = 1, trials = 3 }: TrainFile): object {
  if (gate.kind === "paper") return { kind: "paper" };
  return { looks: rounds * trials, ...gate, kind: "confirm" };
}

/** The value as written, not the parsed one: defaults must not hide what another layer says. */
function checked(schema: v.GenericSchema, value: unknown, where: string): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return value;
  throw new ConfigError(`Settings file ${where}: ${issueText(result.issues)}`, { code: "bad-settings-file" });
}
