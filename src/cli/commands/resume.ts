/** `automem resume`: go on with a run. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { resume } from "../../app/play.ts";
import type { CommandContext } from "../command-context.ts";
import { playWithView } from "./run.ts";

export function resumeCommand(context: CommandContext): Command {
  return new Command("resume")
    .description("go on with a run that was stopped, killed or failed")
    .argument("<run>", "id, the beginning of one, or last")
    .option("--json", "print events as JSON lines, the last one with the summary")
    .action(async (run: string, flags: { json?: boolean }) => {
      await playWithView(context, flags.json ?? false, (options) => resume(openApp(context.environment), run, options));
    });
}
