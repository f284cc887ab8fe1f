/** `automem plugin remove`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { removePlugin } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";

export function pluginRemoveCommand(context: CommandContext): Command {
  return new Command("remove")
    .description("remove an installed plugin with its environment and assets")
    .argument("<plugin>")
    .option("--json", "print the result as JSON")
    .action(async (name: string, flags: { json?: boolean }) => {
      await removePlugin(openApp(context.environment), name);
      if (flags.json) return context.terminal.printJson({ removed: name });
      context.terminal.print(`${name} is removed. Runs played with it stay.`);
    });
}
