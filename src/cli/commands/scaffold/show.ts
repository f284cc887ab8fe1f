/** `automem scaffold show`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { type ScaffoldOverview, scaffoldOverview } from "../../../app/scaffold-overview.ts";
import type { CommandContext } from "../../command-context.ts";
import { printable } from "../../terminal.ts";

export function scaffoldShowCommand(context: CommandContext): Command {
  return new Command("show")
    .description("what a scaffold holds: hooks, operations, files, notes")
    .argument("<scaffold>")
    .option("--json", "print as JSON")
    .action(async (named: string, flags: { json?: boolean }) => {
      const overview = await scaffoldOverview(openApp(context.environment), named);
      if (flags.json) context.terminal.printJson(overview);
      else context.terminal.print(printable(overviewText(overview)));
    });
}

function overviewText({ manifest, hash, files, hooks, operations, hiddenOperations, notes }: ScaffoldOverview): string {
  const lines = [
    `${manifest.name} ${manifest.version}  ${manifest.description}`,
    `games       ${manifest.games?.join(", ") ?? "all"}`,
    `licence     ${manifest.licence}`,
    `hash        ${hash}`,
    `hooks       ${hooks.join(", ")}`,
  ];
  for (const { name, phases, effect, help } of operations) {
    lines.push(`operation   ${name} (${phases.join(", ")}; ${effect}) ${help}`);
  }
  if (hiddenOperations.length > 0) lines.push(`not shown   ${hiddenOperations.join(", ")}`);
  lines.push("", "files", ...files.map(({ path, sizeBytes }) => `  ${String(sizeBytes).padStart(7)}  ${path}`));
  if (notes !== undefined) lines.push("", notes.trimEnd());
  return lines.join("\n");
}
