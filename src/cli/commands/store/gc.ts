/** `automem store gc`. */
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../../app/app.ts";
import { collect, standardGraceMs } from "../../../app/store-admin.ts";
import { bytesText } from "../../../app/units.ts";
import type { CommandContext } from "../../command-context.ts";

export function gcCommand(context: CommandContext): Command {
  return new Command("gc")
    .description("remove blobs and records that no ref, run or episode reaches (runs are never removed)")
    .option("--dry-run", "only say what would go")
    .option("--grace <minutes>", "keep what was written in the last minutes", minutes, standardGraceMs / 60_000)
    .option("--json", "print the report as JSON")
    .action(async (flags: { dryRun?: boolean; grace: number; json?: boolean }) => {
      const { terminal } = context;
      const report = await collect(openApp(context.environment), {
        graceMs: flags.grace * 60_000,
        dryRun: flags.dryRun ?? false,
      });
      if (flags.json) return terminal.printJson(report);
      if (report.dryRun)
        for (const { kind, path, sizeBytes } of report.removed) terminal.print(`${kind}  ${path}  ${sizeBytes} bytes`);
      const verb = report.dryRun ? "Would remove" : "Removed";
      terminal.print(
        `${verb} ${report.removed.length} files (${bytesText(report.removedBytes)}). ${report.reached} objects are needed, ${report.young} are too young to go.`,
      );
    });
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("Give minutes, 0 or more.");
  return value;
}
