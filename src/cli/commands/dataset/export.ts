/** `automem dataset export`. */
import { Command, Option } from "commander";
import { openApp } from "../../../app/app.ts";
import { type DatasetFormat, datasetFormats, exportDataset } from "../../../app/train/dataset-export.ts";
import { findDataset } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";

export function datasetExportCommand(context: CommandContext): Command {
  return new Command("export")
    .description("a dataset for other programs: chat JSON lines, or a folder that Hugging Face datasets loads")
    .argument("<dataset>", "its hash, or the beginning of it")
    .addOption(new Option("--format <format>", "what to write").choices([...datasetFormats]).makeOptionMandatory())
    .requiredOption("--out <folder>", "where to")
    .option("--json", "print what was written as JSON")
    .action(async (named: string, { format, out, json }: { format: DatasetFormat; out: string; json?: boolean }) => {
      const app = openApp(context.environment);
      const dataset = await findDataset(app, named);
      const files = await exportDataset(app, dataset, format, out);
      if (json) return context.terminal.printJson({ dataset: dataset.hash, files });
      for (const file of files) context.terminal.print(file);
    });
}
