/** `automem train`: loop 2, a memory specialist trained on the agent's own good memory decisions, and a gate that accepts or rejects. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import { type TrainOptions, type TrainOutcome, train, trainForecastOf } from "../../app/train/train.ts";
import { parseTrainFile, resolveTrainSettings } from "../../app/train/train-file.ts";
import { isTrain, trainOverview } from "../../app/train/trainings.ts";
import { AutomemError } from "../../core/errors.ts";
import type { CommandContext } from "../command-context.ts";
import { campaignJsonView } from "../evolve/evolve-view.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSettingsFile } from "../settings-file.ts";
import { trainForecastText } from "../train/forecast-text.ts";
import { addTrainFlags, settingsOfTrainFlags, type TrainFlags } from "../train/train-flags.ts";
import { trainTerminalView } from "../train/train-view.ts";
import { trainingText } from "../train/training-text.ts";

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

/** Shows a campaign while `work` goes on with it; sets the exit code: 0 ended, 1 halted, 130 stopped. */
export async function trainWithView(
  context: CommandContext,
  json: boolean,
  work: (options: TrainOptions) => Promise<TrainOutcome>,
): Promise<void> {
  const { terminal } = context;
  const view = json ? campaignJsonView() : trainTerminalView(terminal, () => performance.now());
  let id: string | undefined;
  const options: TrainOptions = {
    commandLine: process.argv.slice(2),
    signal: context.signal,
    onEvent: (event) => {
      id = event.campaignId;
      view.show(event);
    },
    onNote: (text) => terminal.note(text),
  };
  try {
    await work(options).finally(() => view.end());
  } catch (fault) {
    if (id === undefined || !(fault instanceof AutomemError)) throw fault;
    context.exitCode = context.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
    if (!context.signal.aborted) terminal.note(`Halted: ${fault.message}`);
  }
  if (id === undefined) return;
  const app = openApp(context.environment);
  const campaign = await findCampaign(app, id);
  if (campaign === undefined || !isTrain(campaign)) return;
  const overview = await trainOverview(app, campaign);
  if (json) process.stdout.write(`${JSON.stringify({ kind: "campaign", campaign: overview })}\n`);
  else terminal.print(trainingText(overview));
}
