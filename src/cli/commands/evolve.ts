/** `automem evolve`: loop 1, a reviewer that improves the scaffold and a gate that accepts or rejects. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import { campaignOverview, isEvolve } from "../../app/evolve/campaigns.ts";
import { type CampaignOutcome, type EvolveOptions, evolve, forecastOf } from "../../app/evolve/evolve.ts";
import { parseEvolveFile, resolveEvolveSettings } from "../../app/evolve/evolve-file.ts";
import { AutomemError } from "../../core/errors.ts";
import type { CommandContext } from "../command-context.ts";
import { campaignText } from "../evolve/campaign-text.ts";
import { addEvolveFlags, type EvolveFlags, settingsOfEvolveFlags } from "../evolve/evolve-flags.ts";
import { campaignJsonView, campaignTerminalView } from "../evolve/evolve-view.ts";
import { forecastText } from "../evolve/forecast-text.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSettingsFile } from "../settings-file.ts";

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
      await workWithView(context, flags.json ?? false, (options) => evolve(app, settings, options));
    });
}

/** Shows a campaign while `work` goes on with it; sets the exit code: 0 ended, 1 halted, 130 stopped. */
export async function workWithView(
  context: CommandContext,
  json: boolean,
  work: (options: EvolveOptions) => Promise<CampaignOutcome>,
): Promise<void> {
  const { terminal } = context;
  const view = json ? campaignJsonView() : campaignTerminalView(terminal, () => performance.now());
  let id: string | undefined;
  const options: EvolveOptions = {
    commandLine: process.argv.slice(2),
    signal: context.signal,
    onEvent: (event) => {
      id = event.campaignId;
      view.show(event);
    },
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
  if (campaign === undefined || !isEvolve(campaign)) return;
  const overview = await campaignOverview(app, campaign);
  if (json) process.stdout.write(`${JSON.stringify({ kind: "campaign", campaign: overview })}\n`);
  else terminal.print(campaignText(overview));
}
