/** `automem evolve`: loop 1, a reviewer that improves the scaffold and a gate that accepts or rejects. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { campaignOverview, isEvolve } from "../../app/evolve/campaigns.ts";
import {
  type CampaignEvent,
  type CampaignOutcome,
  type EvolveOptions,
  evolve,
  forecastOf,
} from "../../app/evolve/evolve.ts";
import { parseEvolveFile, resolveEvolveSettings } from "../../app/evolve/evolve-file.ts";
import type { CommandContext } from "../command-context.ts";
import { campaignText } from "../evolve/campaign-text.ts";
import { addEvolveFlags, type EvolveFlags, settingsOfEvolveFlags } from "../evolve/evolve-flags.ts";
import { campaignTerminalView } from "../evolve/evolve-view.ts";
import { forecastText } from "../evolve/forecast-text.ts";
import { readSettingsFile } from "../settings-file.ts";
import { workWithView } from "../work-with-view.ts";

export function evolveCommand(context: CommandContext): Command {
  const command = new Command("evolve")
    .description("improve a scaffold: a reviewer reads episodes and revises it, new episodes decide")
    .argument("[game]", "an installed game plugin (or game in the settings file)");
  return addEvolveFlags(command)
    .option("--dry-run", "say what it may cost, and play nothing")
    .option("--json", "print events as JSON lines, the last one with the campaign")
    .action(async (game: string | undefined, flags: EvolveFlags & { dryRun?: boolean; json?: boolean }) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      const file =
        flags.settings === undefined
          ? { run: {}, evolve: {} }
          : parseEvolveFile(await readSettingsFile(flags.settings), flags.settings);
      const settings = await resolveEvolveSettings(file, settingsOfEvolveFlags(game, flags));
      const expected = await forecastOf(app, settings);
      if (flags.dryRun) {
        return flags.json
          ? terminal.printJson({ settings, forecast: expected })
          : terminal.print(forecastText(expected, settings));
      }
      if (!flags.json) terminal.note(forecastText(expected, settings));
      await evolveWithView(context, flags.json ?? false, (options) => evolve(app, settings, options));
    });
}

/** Shows a campaign of evolve while `work` goes on with it. */
export function evolveWithView(
  context: CommandContext,
  json: boolean,
  work: (options: EvolveOptions) => Promise<CampaignOutcome>,
): Promise<void> {
  return workWithView<CampaignEvent>(context, json, {
    view: campaignTerminalView(context.terminal, () => performance.now()),
    work,
    overview: async (campaign) => {
      if (!isEvolve(campaign)) throw new Error(`Campaign ${campaign.id} is not one of evolve.`);
      const data = await campaignOverview(openApp(context.environment), campaign);
      return { data, text: () => campaignText(data) };
    },
  });
}
