/** `automem scaffold`: the packages that decide how the agent is spoken to. */
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { scaffoldCheckCommand } from "./scaffold/check.ts";
import { scaffoldDiffCommand } from "./scaffold/diff.ts";
import { scaffoldExportCommand } from "./scaffold/export.ts";
import { scaffoldListCommand } from "./scaffold/list.ts";
import { scaffoldNewCommand } from "./scaffold/new.ts";
import { scaffoldReplayCommand } from "./scaffold/replay.ts";
import { scaffoldShowCommand } from "./scaffold/show.ts";

const naming = `
SCAFFOLD is a shipped name (base), a folder (./my-scaffold), a ref (scaffold/...) or the beginning of a hash (8 digits or more).`;

export function scaffoldCommand(context: CommandContext): Command {
  const command = new Command("scaffold")
    .description("list, write, check, compare and replay scaffolds")
    .addHelpText("after", naming);
  for (const make of [
    scaffoldListCommand,
    scaffoldShowCommand,
    scaffoldNewCommand,
    scaffoldCheckCommand,
    scaffoldDiffCommand,
    scaffoldReplayCommand,
    scaffoldExportCommand,
  ]) {
    command.addCommand(make(context));
  }
  return command;
}
