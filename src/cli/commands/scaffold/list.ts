/** `automem scaffold list`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { listScaffolds } from "../../../app/scaffold-overview.ts";
import type { CommandContext } from "../../command-context.ts";
import { table } from "../../table.ts";

export function scaffoldListCommand(context: CommandContext): Command {
  return new Command("list")
    .description("scaffolds that come with automem, and those that evolve has accepted")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const rows = await listScaffolds(openApp(context.environment));
      if (flags.json) return terminal.printJson(rows);
      const columns = ["scaffold", "version", "games", "hash", "what it is"].map((title) => ({ title }));
      terminal.print(
        table(
          columns,
          rows.map((row) => [
            row.name,
            row.version,
            row.games?.join(", ") ?? "all",
            row.hash.slice(0, 10),
            row.description,
          ]),
        ),
      );
    });
}
