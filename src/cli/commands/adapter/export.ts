/** `automem adapter export`. */
import { Command, Option } from "commander";
import { adapterNamed } from "../../../app/adapters/adapters.ts";
import { type AdapterExportForm, adapterExportForms, exportAdapter } from "../../../app/adapters/export.ts";
import { openApp } from "../../../app/app.ts";
import type { CommandContext } from "../../command-context.ts";

interface Flags {
  format: AdapterExportForm;
  from?: string;
  json?: boolean;
}

export function adapterExportCommand(context: CommandContext): Command {
  return new Command("export")
    .description("write an adapter for other programs")
    .argument("<adapter>", "its name, or four or more of its first digits")
    .argument("<folder>", "empty or not there yet")
    .addOption(new Option("--format <form>", "what to write").choices(adapterExportForms).makeOptionMandatory())
    .option("--from <model>", "ollama: the model on the server that it adapts (default: the base's name)")
    .option("--json", "print the result as JSON")
    .action(async (named: string, folder: string, { format, from, json }: Flags) => {
      const app = openApp(context.environment);
      const { adapter } = await adapterNamed(app, named);
      const files = await exportAdapter(app, adapter, folder, format, from);
      if (json) return context.terminal.printJson({ adapter: adapter.name, files });
      for (const file of files) context.terminal.print(file);
      if (format === "merged") {
        context.terminal.note(
          "From a quantised base it is F16; llama-quantize, or ollama create --quantize, makes it small again.",
        );
      }
      if (format === "ollama") {
        context.terminal.note(`Then, in that folder: ollama create ${adapter.name} -f Modelfile`);
      }
    });
}
