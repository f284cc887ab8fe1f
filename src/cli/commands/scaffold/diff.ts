/** `automem scaffold diff`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { diffScaffolds, type ScaffoldDifference } from "../../../app/scaffold-diff.ts";
import type { CommandContext } from "../../command-context.ts";
import { printable, type Terminal } from "../../terminal.ts";

export function scaffoldDiffCommand(context: CommandContext): Command {
  return new Command("diff")
    .description("what changed from one scaffold to another: hooks, operations, files")
    .argument("<from>", "a scaffold")
    .argument("<to>", "a scaffold")
    .option("--json", "print as JSON")
    .action(async (from: string, to: string, flags: { json?: boolean }) => {
      const difference = await diffScaffolds(openApp(context.environment), from, to);
      if (flags.json) context.terminal.printJson(difference);
      else context.terminal.print(differenceText(difference, context.terminal));
    });
}

function differenceText({ from, to, hooks, operations, files }: ScaffoldDifference, terminal: Terminal): string {
  const title = ({ name, version, hash }: ScaffoldDifference["from"]) => `${name} ${version} (${hash.slice(0, 10)})`;
  const lines = [`${title(from)} to ${title(to)}`];
  if (files.length === 0) lines.push("The files are the same.");
  for (const [what, { added, removed }] of [
    ["hooks", hooks],
    ["operations", operations],
  ] as const) {
    if (added.length > 0) lines.push(`${what} new: ${added.join(", ")}`);
    if (removed.length > 0) lines.push(`${what} gone: ${removed.join(", ")}`);
  }
  for (const { path, change } of files) lines.push(`  ${change.padEnd(8)} ${path}`);
  for (const { patch } of files) lines.push("", painted(printable(patch).trimEnd(), terminal));
  return lines.join("\n");
}

function painted(patch: string, { color }: Terminal): string {
  const paint = (line: string) => {
    if (line.startsWith("+++") || line.startsWith("---")) return color.bold(line);
    if (line.startsWith("+")) return color.green(line);
    if (line.startsWith("-")) return color.red(line);
    return line.startsWith("@@") ? color.cyan(line) : line;
  };
  return patch.split("\n").map(paint).join("\n");
}
