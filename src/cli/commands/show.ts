/** stub */
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
export function showCommand(_context: CommandContext): Command {
  return new Command("show");
}
