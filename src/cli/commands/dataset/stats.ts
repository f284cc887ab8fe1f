/** `automem dataset stats`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { findDataset, statsOf } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";
import { statsText } from "../../dataset/dataset-text.ts";

export function datasetStatsCommand(context: CommandContext): Command {
  return new Command("stats")
    .description("how many turns of each kind, how long they are, and what was set aside by which rule")
    .argument("<dataset>", "its hash, or the beginning of it")
    .option("--json", "print as JSON")
    .action(async (named: string, flags: { json?: boolean }) => {
      const app = openApp(context.environment);
      const stats = await statsOf(app, await findDataset(app, named));
      if (flags.json) context.terminal.printJson(stats);
      else context.terminal.print(statsText(stats));
    });
}
