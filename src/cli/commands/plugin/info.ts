/** `automem plugin info`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { type Certificate, pluginInfo } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";
import { table } from "../../table.ts";

export function pluginInfoCommand(context: CommandContext): Command {
  return new Command("info")
    .description("what a plugin is: tasks, options, folders, certificate")
    .argument("<plugin>")
    .option("--json", "print as JSON")
    .action(async (name: string, flags: { json?: boolean }) => {
      const { terminal } = context;
      const plugin = await pluginInfo(openApp(context.environment), name);
      if (flags.json) return terminal.printJson(plugin);
      terminal.print(`${plugin.title} ${plugin.version} (${plugin.kind}, ${plugin.licence})\n${plugin.description}`);
      if (plugin.installed) {
        terminal.print(
          `\nInstalled ${plugin.installedAt} from ${plugin.origin}\nin ${plugin.folder}\ncontent ${plugin.contentHash}`,
        );
      } else {
        terminal.print(`\nNot installed. Install it: automem plugin add ${plugin.name}`);
      }
      if (plugin.tasks.length > 0) {
        const columns = [{ title: "task" }, { title: "steps", align: "right" as const }, { title: "what it is" }];
        terminal.print(
          `\n${table(
            columns,
            plugin.tasks.map((task) => [task.id, String(task.maxSteps), task.description]),
          )}`,
        );
      }
      if (plugin.options.length > 0) {
        const rows = plugin.options.map((option) => [
          option.name,
          JSON.stringify(option.default ?? null),
          option.description,
        ]);
        terminal.print(`\n${table([{ title: "option" }, { title: "default" }, { title: "what it does" }], rows)}`);
      }
      if (plugin.certificate) terminal.print(`\n${certificateText(plugin.certificate)}`);
    });
}

/** A certificate for people. */
export function certificateText(certificate: Certificate): string {
  const passed = certificate.checks.filter((check) => check.status === "passed").length;
  const lines = [
    `Checked ${certificate.date} on ${certificate.platform}: ${passed} of ${certificate.checks.length} checks passed`,
  ];
  for (const check of certificate.checks) {
    if (check.status !== "passed")
      lines.push(`  ${check.status}: ${check.sentence}${check.detail ? ` (${check.detail})` : ""}`);
  }
  const { determinism } = certificate;
  if (!determinism) return lines.join("\n");
  for (const episode of determinism.episodes) {
    const verdict = episode.equal ? "the same in two processes" : `DIFFERENT: ${episode.difference}`;
    lines.push(
      `  ${episode.task}, seed ${episode.seed}, ${episode.steps} steps: ${verdict} (${episode.hash.slice(0, 12)})`,
    );
  }
  if (determinism.clockFrozen === false) {
    lines.push(
      "  The game reads the clock and it could not be frozen: episodes differ with moon phase, Friday 13th and night.",
    );
  }
  for (const note of determinism.notes) lines.push(`  ${note}`);
  return lines.join("\n");
}
