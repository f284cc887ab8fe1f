/** `automem dataset show`: what a dataset is made of; one item word for word; what was set aside. */
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../../app/app.ts";
import { datasetView, findDataset, itemView, setAsideOf } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";
import { itemText, setAsideText, viewText } from "../../dataset/dataset-text.ts";

interface Flags {
  item?: number;
  setAside?: boolean;
  json?: boolean;
}

export function datasetShowCommand(context: CommandContext): Command {
  return new Command("show")
    .description("a dataset: its items and why they are in it; one item word for word")
    .argument("<dataset>", "its hash, or the beginning of it")
    .option("--item <n>", "one item, counted from 0: the conversation, the reply, and where they are from", whole)
    .option("--set-aside", "the chosen turns that are not in it, with the rule")
    .option("--json", "print as JSON")
    .action(async (named: string, { item, setAside, json }: Flags) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      const dataset = await findDataset(app, named);
      if (item !== undefined) {
        const view = await itemView(app, dataset, item);
        return json ? terminal.printJson(view) : terminal.print(itemText(view, terminal.color));
      }
      if (setAside) {
        const turns = await setAsideOf(app, dataset);
        return json ? terminal.printJson(turns) : terminal.print(setAsideText(turns));
      }
      const view = await datasetView(app, dataset);
      if (json) terminal.printJson(view);
      else terminal.print(viewText(view));
    });
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected an item, counted from 0.");
  return Number(text);
}
