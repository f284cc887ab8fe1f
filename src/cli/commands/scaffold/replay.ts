/** `automem scaffold replay`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { type ReplayReport, replayNamed, replayText } from "../../../app/scaffold-trial.ts";
import type { CommandContext } from "../../command-context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { printable } from "../../terminal.ts";
import { wholeNumber } from "./whole-number.ts";

interface Flags {
  episode?: string;
  steps?: number;
  details: number;
  json?: boolean;
}

export function scaffoldReplayCommand(context: CommandContext): Command {
  return new Command("replay")
    .description("run a scaffold's hooks over recorded episodes and show what would differ; no model, no game")
    .argument("<scaffold>")
    .argument("<run>", "RUN or RUN/EPISODE")
    .option("--episode <key>", "one episode of the run, by its key or the beginning of one")
    .option("--steps <n>", "steps of each episode at most (default: all)", wholeNumber)
    .option("--details <n>", "differences of each kind shown in full", wholeNumber, 2)
    .option("--json", "print the reports as JSON")
    .addHelpText("after", "\nExit codes: 0 replayed, whether or not something differs; 1 a hook failed.")
    .action(async (named: string, run: string, flags: Flags) => {
      const recorded = flags.episode === undefined ? run : `${run}/${flags.episode}`;
      const reports: ReplayReport[] = [];
      const { steps: limitSteps, details } = flags;
      const options = { limitSteps, details, signal: context.signal };
      for await (const report of replayNamed(openApp(context.environment), named, recorded, options)) {
        if (!flags.json) context.terminal.print(`${reports.length > 0 ? "\n" : ""}${printable(replayText(report))}`);
        reports.push(report);
        if (report.failure !== undefined) context.exitCode = exitCodes.failed;
      }
      if (flags.json) context.terminal.printJson(reports);
      else if (reports.length === 0) context.terminal.note("No episode of this run was played yet.");
    });
}
