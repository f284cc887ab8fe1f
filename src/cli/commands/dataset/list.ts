/** `automem dataset list`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { listDatasets } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";
import { table } from "../../table.ts";

export function datasetListCommand(context: CommandContext): Command {
  return new Command("list")
    .description("datasets in the store")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const datasets = await listDatasets(openApp(context.environment));
      if (flags.json) return terminal.printJson(datasets.map(({ hash, record }) => ({ dataset: hash, record })));
      if (datasets.length === 0) return terminal.note("No datasets yet. Make one: automem dataset build RUN");
      const right = "right" as const;
      const columns = [
        { title: "dataset" },
        { title: "game" },
        { title: "selector" },
        { title: "episodes", align: right },
        { title: "train", align: right },
        { title: "validation", align: right },
      ];
      terminal.print(
        table(
          columns,
          datasets.map(({ hash, record: { game, selector, episodes, train, validation } }) => [
            hash.slice(0, 12),
            game,
            selector.name,
            String(episodes.length),
            String(train.items),
            String(validation.items),
          ]),
        ),
      );
    });
}
