/** `automem store export`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { exportRunTo } from "../../../app/store-admin.ts";
import { bytesText } from "../../../app/units.ts";
import type { CommandContext } from "../../command-context.ts";

export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .description("write a run with all it needs into one archive")
    .argument("<run>", "id, the beginning of one, or last")
    .requiredOption("--out <file>", "the archive, FILE.tar.gz")
    .option("--json", "print the result as JSON")
    .action(async (run: string, flags: { out: string; json?: boolean }) => {
      const report = await exportRunTo(openApp(context.environment), run, flags.out);
      if (flags.json) return context.terminal.printJson(report);
      context.terminal.print(`${report.run}: ${report.files} files (${bytesText(report.bytes)}) in ${report.path}`);
      context.terminal.print(`Take it in elsewhere: automem store import ${report.path}`);
    });
}
