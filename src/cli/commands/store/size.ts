/** `automem store size`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { type Amount, measure } from "../../../app/store-admin.ts";
import { bytesText } from "../../../app/units.ts";
import type { CommandContext } from "../../command-context.ts";
import { table } from "../../table.ts";

export function sizeCommand(context: CommandContext): Command {
  return new Command("size")
    .description("bytes by kind and by run")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const size = await measure(openApp(context.environment));
      if (flags.json) return terminal.printJson(size);
      const right = "right" as const;
      const kinds: [string, Amount][] = [
        ["blobs", size.blobs],
        ["records", size.records],
        ["runs", size.runs],
        ["  of them journals under way", size.journals],
        ["index", size.index],
        ["other", size.other],
        ["total", size.total],
      ];
      const columns = [{ title: "kind" }, { title: "files", align: right }, { title: "size", align: right }];
      terminal.print(
        table(
          columns,
          kinds.map(([name, { files, bytes }]) => [name, String(files), bytesText(bytes)]),
        ),
      );
      if (size.byRun.length === 0) return;
      const runColumns = [
        { title: "run" },
        { title: "folder", align: right },
        { title: "objects", align: right },
        { title: "its own", align: right },
      ];
      const rows = size.byRun.map(({ run, folder, objects, own }) => [
        run,
        bytesText(folder.bytes),
        bytesText(objects.bytes),
        bytesText(own.bytes),
      ]);
      terminal.print(`\n${table(runColumns, rows)}`);
    });
}
