/** `automem store import`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { importRunFrom } from "../../../app/store-admin.ts";
import type { CommandContext } from "../../command-context.ts";

export function importCommand(context: CommandContext): Command {
  return new Command("import")
    .description("take a run in from an archive of `store export`; one that is damaged or hostile is refused whole")
    .argument("<file>", "FILE.tar.gz")
    .option("--json", "print the result as JSON")
    .action(async (file: string, flags: { json?: boolean }) => {
      const { terminal } = context;
      const report = await importRunFrom(openApp(context.environment), file);
      if (flags.json) return terminal.printJson(report);
      if (report.added) terminal.print(`${report.run} is here. Look at it: automem show ${report.run}`);
      else
        terminal.print(
          `${report.run} was here already; ${report.written} of its objects were missing or damaged, and are mended.`,
        );
    });
}
