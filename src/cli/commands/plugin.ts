/** `automem plugin`: games and engines. */
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { pluginAddCommand } from "./plugin/add.ts";
import { pluginInfoCommand } from "./plugin/info.ts";
import { pluginListCommand } from "./plugin/list.ts";
import { pluginNewCommand } from "./plugin/new.ts";
import { pluginRemoveCommand } from "./plugin/remove.ts";
import { pluginVerifyCommand } from "./plugin/verify.ts";

export function pluginCommand(context: CommandContext): Command {
  const command = new Command("plugin").description("bring, list, check and write games and engines");
  for (const make of [
    pluginAddCommand,
    pluginListCommand,
    pluginInfoCommand,
    pluginVerifyCommand,
    pluginRemoveCommand,
    pluginNewCommand,
  ]) {
    command.addCommand(make(context));
  }
  return command;
}
