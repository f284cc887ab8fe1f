/** `automem dataset build`: a dataset of the finished episodes of some runs on training seeds. */
import { Command, Option } from "commander";
import { openApp } from "../../../app/app.ts";
import { defaultDataSettings, parseDatasetFile } from "../../../app/train/dataset-file.ts";
import { buildFromRuns } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";
import { recordLines } from "../../dataset/dataset-text.ts";
import { readSettingsFile } from "../../settings-file.ts";

interface Flags {
  selector: string;
  settings?: string;
  json?: boolean;
}

export function datasetBuildCommand(context: CommandContext): Command {
  return new Command("build")
    .description("choose turns of finished episodes, clean them up, keep them as a dataset")
    .argument("<run...>", "runs on training seeds: an id, the beginning of one, or last")
    .addOption(new Option("--selector <selector>", "who chooses").choices(["outcome"]).default("outcome"))
    .option("--settings <file>", "TOML file with tables dataset and outcome")
    .option("--json", "print the hash and the record as JSON")
    .action(async (runs: string[], { settings: path, json }: Flags) => {
      const { terminal, signal } = context;
      const settings =
        path === undefined ? defaultDataSettings() : parseDatasetFile(await readSettingsFile(path), path);
      const { hash, record, unfinished } = await buildFromRuns(openApp(context.environment), runs, settings, {
        signal,
      });
      if (unfinished > 0) terminal.note(`${unfinished} episodes are not finished; they are not in it.`);
      if (json) terminal.printJson({ dataset: hash, record });
      else terminal.print(recordLines({ hash, record }).join("\n"));
    });
}
