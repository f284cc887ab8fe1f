/** The flags of `automem train`, and the settings they say. */
import { type Command, Option } from "commander";
import { parseRecipeFile, type RecipeFile } from "../../app/train/recipe-file.ts";
import type { SaidTrainSettings } from "../../app/train/train-file.ts";
import {
  addEndFlags,
  addGateFlags,
  budgetOfFlags,
  type CampaignFlags,
  gateOfFlags,
  secondsOf,
  wholeOption,
} from "../campaign-flags.ts";
import { addPlayFlags, decimal, present, settingsOfFlags } from "../run-flags.ts";
import { readSettingsFile } from "../settings-file.ts";

/** Values as commander gives them; absent where a flag was not given. */
export interface TrainFlags extends CampaignFlags {
  base?: string;
  /** Of one round. */
  episodes?: number;
  samples?: number;
  collectTemperature?: number;
  selector?: string;
  decider?: string;
  recipe?: string;
  recipePreset?: "paper";
  rank?: number;
  lr?: number;
  epochs?: number;
  trainer?: string;
  trainingHours?: number;
  parityPrompts?: number;
  rounds?: number;
  trials?: number;
  patience?: number;
}

export function addTrainFlags(command: Command): Command {
  addPlayFlags(command);
  // Refused with the reason, and not offered: what is trained is the specialist.
  command.options.find(({ long }) => long === "--specialist-model")?.hideHelp();
  command
    .option("--base <path>", "weights to train on: a folder of safetensors or a GGUF (default: the model's own)")
    .addOption(wholeOption("-n, --episodes <n>", "train seeds of one round, each played on each task (default: 100)"))
    .addOption(wholeOption("--samples <n>", "times each of them is played (default: 1)"))
    .option("--collect-temperature <t>", "in place of --temperature while data is collected", decimal)
    .option(
      "--selector <selector>",
      "outcome (no LLM), agent:PROVIDER:MODEL, claude-code, command:PROGRAM ARGS (default: outcome)",
    )
    .option("--decider <decider>", "grid, halving (no LLM), agent:PROVIDER:MODEL (default: grid)")
    .option("--recipe <file>", "TOML file of a recipe alone: rank, learningRate, epochs, ...")
    .addOption(
      new Option("--recipe-preset <name>", "recipe to start from: the paper's for this game").choices(["paper"]),
    )
    .addOption(wholeOption("--rank <n>", "rank of the adapter (default: 16)"))
    .option("--lr <rate>", "learning rate at its highest (default: 0.001)", decimal)
    .addOption(wholeOption("--epochs <n>", "passes over the data (default: 3)"))
    .option("--trainer <plugin>", "trainer plugin (default: trl)")
    .option("--training-hours <hours>", "time of one training at most (default: 24)", decimal)
    .addOption(wholeOption("--parity-prompts <n>", "prompts on which server and trainer are compared (default: 20)"))
    .addOption(wholeOption("--rounds <n>", "collections; a later one is played with what was accepted (default: 1)"))
    .addOption(wholeOption("--trials <n>", "trials of each round at most (default: 3)"))
    .addOption(
      wholeOption("--patience <n>", "trials in a row that look no better, then it ends; 0: never (default: 3)"),
    )
    .addOption(wholeOption("--select-seeds <n>", "seeds each adapter is first tried on (default: 20)"));
  return addEndFlags(addGateFlags(command));
}

/** The settings that flags say; nothing for flags not given. Reads the recipe's file: throws `ConfigError` (`bad-settings-file`). */
export async function settingsOfTrainFlags(game: string | undefined, flags: TrainFlags): Promise<SaidTrainSettings> {
  const { budgetTokens, budgetMoney, episodes, ...play } = flags;
  const train = present({
    base: flags.base,
    collection: present({ seeds: episodes, samples: flags.samples, temperature: flags.collectTemperature }),
    selector: flags.selector,
    decider: flags.decider,
    recipePreset: flags.recipePreset,
    recipe: await recipeOf(flags),
    trainer: flags.trainer,
    trainingSeconds: secondsOf(flags.trainingHours),
    parityPrompts: flags.parityPrompts,
    rounds: flags.rounds,
    trials: flags.trials,
    patience: flags.patience,
    selectSeeds: flags.selectSeeds,
    gate: gateOfFlags(flags),
    report: flags.report,
    budget: budgetOfFlags(flags),
  });
  return { run: settingsOfFlags(game, play), train: (train ?? {}) as SaidTrainSettings["train"] };
}

async function recipeOf({ recipe, rank, lr, epochs }: TrainFlags): Promise<RecipeFile | undefined> {
  const file = recipe === undefined ? {} : parseRecipeFile(await readSettingsFile(recipe), recipe);
  return present({ ...file, ...present({ rank, learningRate: lr, epochs }) }) as RecipeFile | undefined;
}
