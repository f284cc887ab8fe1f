/** `automem resume`: go on with a run or a campaign. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import { resumeCampaign } from "../../app/evolve/evolve.ts";
import { resume } from "../../app/play.ts";
import { resumeTrain } from "../../app/train/train.ts";
import { isTrain } from "../../app/train/trainings.ts";
import { budgetOfFlags, type CampaignFlags } from "../campaign-flags.ts";
import type { CommandContext } from "../command-context.ts";
import { decimal, whole } from "../run-flags.ts";
import { evolveWithView } from "./evolve.ts";
import { playWithView } from "./run.ts";
import { trainWithView } from "./train.ts";

export function resumeCommand(context: CommandContext): Command {
  return new Command("resume")
    .description("go on with a run or a campaign that was stopped, killed or failed")
    .argument("<run|campaign>", "id, the beginning of one, or last")
    .option("--budget-episodes <n>", "of a campaign: another budget, as of evolve and train", whole)
    .option("--budget-tokens <n>", "of a campaign", whole)
    .option("--budget-money <amount>", "of a campaign", decimal)
    .option("--budget-hours <hours>", "of a campaign", decimal)
    .option("--json", "print events as JSON lines, the last one with the summary")
    .action(async (named: string, flags: CampaignFlags & { json?: boolean }) => {
      const app = openApp(context.environment);
      const campaign = await findCampaign(app, named);
      const json = flags.json ?? false;
      if (campaign === undefined) return playWithView(context, json, (options) => resume(app, named, options));
      const budget = budgetOfFlags(flags);
      if (isTrain(campaign)) {
        return trainWithView(context, json, (options) => resumeTrain(app, campaign.id, budget, options));
      }
      await evolveWithView(context, json, (options) => resumeCampaign(app, campaign.id, budget, options));
    });
}
