/** `automem dataset`: training data made of recorded episodes. */
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { datasetBuildCommand } from "./dataset/build.ts";
import { datasetExportCommand } from "./dataset/export.ts";
import { datasetListCommand } from "./dataset/list.ts";
import { datasetShowCommand } from "./dataset/show.ts";
import { datasetStatsCommand } from "./dataset/stats.ts";

export function datasetCommand(context: CommandContext): Command {
  return new Command("dataset")
    .description("training data: the agent's own good memory decisions, taken from recorded episodes")
    .addCommand(datasetBuildCommand(context))
    .addCommand(datasetListCommand(context))
    .addCommand(datasetShowCommand(context))
    .addCommand(datasetStatsCommand(context))
    .addCommand(datasetExportCommand(context));
}
