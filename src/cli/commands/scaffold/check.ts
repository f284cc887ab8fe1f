/** `automem scaffold check`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { checkNamed } from "../../../app/scaffold-trial.ts";
import { checkTable } from "../../check-table.ts";
import type { CommandContext } from "../../command-context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { wholeNumber } from "./whole-number.ts";

interface Flags {
  parent?: string;
  run?: string;
  steps?: number;
  json?: boolean;
}

export function scaffoldCheckCommand(context: CommandContext): Command {
  return new Command("check")
    .description("check a scaffold: types, sandbox, base operations, determinism, the rules of revisions")
    .argument("<scaffold>")
    .option("--parent <scaffold>", "the scaffold it was made from: more than wording must differ")
    .option("--run <run>", "RUN or RUN/EPISODE to run the hooks over (default: a made-up episode)")
    .option("--steps <n>", "steps of each episode at most (default: 200)", wholeNumber)
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExit codes: 0 passed, 1 failed.")
    .action(async (named: string, flags: Flags) => {
      const report = await checkNamed(openApp(context.environment), named, {
        parent: flags.parent,
        recorded: flags.run,
        limitSteps: flags.steps,
        signal: context.signal,
      });
      if (flags.json) context.terminal.printJson(report);
      else
        context.terminal.print(
          `${checkTable(report.lines, context.terminal)}\n\n${report.passed ? "passed" : "FAILED"}`,
        );
      if (!report.passed) context.exitCode = exitCodes.failed;
    });
}
