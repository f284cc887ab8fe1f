/** `automem plugin list`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { listPlugins, type PluginSummary } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";
import { table } from "../../table.ts";

export function pluginListCommand(context: CommandContext): Command {
  return new Command("list")
    .description("installed plugins, and first-party ones that could be")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const { installed, available, broken } = await listPlugins(openApp(context.environment));
      if (flags.json) return terminal.printJson({ installed, available, broken });
      const row = (plugin: PluginSummary) => [
        plugin.name,
        plugin.kind,
        plugin.version,
        plugin.installed ? checked(plugin) : "not installed",
        plugin.description,
      ];
      const columns = ["plugin", "kind", "version", "state", "what it is"].map((title) => ({ title }));
      terminal.print(table(columns, [...installed, ...available].map(row)));
      for (const plugin of broken) terminal.note(`${terminal.color.red("broken")} ${plugin.problem}`);
      if (available.length > 0) terminal.note(`\nInstall one: automem plugin add ${available[0]?.name}`);
    });
}

function checked(plugin: PluginSummary): string {
  if (!plugin.certificate) return "installed, not checked";
  return plugin.certificate.passed ? "installed" : "installed, checks failed";
}
