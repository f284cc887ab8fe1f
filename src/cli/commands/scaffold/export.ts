/** `automem scaffold export`. */
import { resolve } from "node:path";
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { exportScaffold } from "../../../app/scaffold-folder.ts";
import type { CommandContext } from "../../command-context.ts";

export function scaffoldExportCommand(context: CommandContext): Command {
  return new Command("export")
    .description("write a scaffold as a folder, with the same hash")
    .argument("<scaffold>")
    .argument("<folder>", "empty or not there yet")
    .option("--json", "print the result as JSON")
    .action(async (named: string, target: string, flags: { json?: boolean }) => {
      const folder = resolve(target);
      const written = await exportScaffold(openApp(context.environment), named, folder);
      if (flags.json) context.terminal.printJson({ folder, files: written });
      else context.terminal.print(`Wrote ${written.length} files to ${folder}.`);
    });
}
