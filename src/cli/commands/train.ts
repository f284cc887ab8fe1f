/** `automem train`: loop 2, a memory specialist trained on the agent's own good memory decisions, and a gate that accepts or rejects. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import {
  type TrainEvent,
  type TrainOptions,
  type TrainOutcome,
  train,
  trainForecastOf,
} from "../../app/train/train.ts";
import { parseTrainFile, resolveTrainSettings } from "../../app/train/train-file.ts";
import { isTrain, trainOverview } from "../../app/train/trainings.ts";
import type { CommandContext } from "../command-context.ts";
import { readSettingsFile } from "../settings-file.ts";
import { trainForecastText } from "../train/forecast-text.ts";
import { addTrainFlags, settingsOfTrainFlags, type TrainFlags } from "../train/train-flags.ts";
import { trainTerminalView } from "../train/train-view.ts";
import { trainingText } from "../train/training-text.ts";
import { workWithView } from "../work-with-view.ts";

export function trainCommand(context: CommandContext): Command {
  const command = new Command("train")
    .description("train a memory specialist: good memory decisions of played episodes become a LoRA adapter")
    .argument("[game]", "an installed game plugin (or game in the settings file)");
  return addTrainFlags(command)
    .option("--dry-run", "say what it may cost, and play nothing")
    .option("--json", "print events as JSON lines, the last one with the campaign")
    .action(async (game: string | undefined, flags: TrainFlags & { dryRun?: boolean; json?: boolean }) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      const file =
        flags.settings === undefined
          ? { run: {}, train: {} }
          : parseTrainFile(await readSettingsFile(flags.settings), flags.settings);
      const settings = await resolveTrainSettings(file, await settingsOfTrainFlags(game, flags));
      const expected = await trainForecastOf(app, settings);
      if (flags.dryRun) {
        return flags.json
          ? terminal.printJson({ settings, forecast: expected })
          : terminal.print(trainForecastText(expected, settings));
      }
      if (!flags.json) terminal.note(trainForecastText(expected, settings));
      await trainWithView(context, flags.json ?? false, (options) => train(app, settings, options));
    });
}

/** Shows a campaign of train while `work` goes on with it. */
export function trainWithView(
  context: CommandContext,
  json: boolean,
  work: (options: TrainOptions) => Promise<TrainOutcome>,
): Promise<void> {
  return workWithView<TrainEvent>(context, json, {
    view: trainTerminalView(context.terminal, () => performance.now()),
    work,
    overview: async (campaign) => {
      if (!isTrain(campaign)) throw new Error(`Campaign ${campaign.id} is not one of train.`);
      const data = await trainOverview(openApp(context.environment), campaign);
      return { data, text: () => trainingText(data) };
    },
  });
}
