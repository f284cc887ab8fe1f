/** `automem export`: a run for other programs. */
import { Command, Option } from "commander";
import { openApp } from "../../app/app.ts";
import { type ExportRequest, exportFormats, exportRun, exportTables } from "../../app/export/export.ts";
import type { CommandContext } from "../command-context.ts";

export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .description("a run as CSV, Parquet or a log of inspect_ai")
    .argument("<run>", "an id, the beginning of one, or last")
    .addOption(new Option("--format <format>", "what to write").choices([...exportFormats]).makeOptionMandatory())
    .requiredOption("--out <path>", "a folder for both tables, a file for one of them, a file NAME.eval for inspect")
    .addOption(new Option("--table <table>", "only this table (csv, parquet)").choices([...exportTables]))
    .option("--json", "print what was written as JSON")
    .action(async (named: string, { json, ...request }: ExportRequest & { json?: boolean }) => {
      const { terminal } = context;
      const exported = await exportRun(openApp(context.environment), named, request);
      if (json) return terminal.printJson(exported);
      for (const file of exported.files) terminal.print(file);
      const { planned, finished } = exported;
      if (finished < planned)
        terminal.note(`${planned - finished} of ${planned} episodes are not finished; they have no score in it.`);
    });
}
