/** `automem store reindex`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { reindex } from "../../../app/store-admin.ts";
import type { CommandContext } from "../../command-context.ts";

export function reindexCommand(context: CommandContext): Command {
  return new Command("reindex")
    .description("build the index of `list` anew from the runs")
    .option("--json", "print the result as JSON")
    .action(async (flags: { json?: boolean }) => {
      const runs = await reindex(openApp(context.environment));
      if (flags.json) return context.terminal.printJson({ runs });
      context.terminal.print(`The index holds ${runs} runs.`);
    });
}
