/** `automem compare`: runs side by side. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { compareNamed } from "../../app/compare/compare.ts";
import { checkPlotPath, drawComparison } from "../../app/compare/draw.ts";
import type { CommandContext } from "../command-context.ts";
import { comparisonText } from "../show/comparison-text.ts";

export function compareCommand(context: CommandContext): Command {
  return new Command("compare")
    .description("runs side by side: scores, paired differences, memory, cost")
    .argument("<run...>", "two runs or more; each is compared with the first")
    .option("--plot <file.svg>", "draw it as well")
    .option("--json", "print as JSON")
    .action(async (named: string[], flags: { plot?: string; json?: boolean }) => {
      const { terminal } = context;
      if (flags.plot !== undefined) checkPlotPath(flags.plot);
      const comparison = await compareNamed(openApp(context.environment), named);
      // Before the drawing, so that a picture that cannot be written does not cost the numbers.
      if (flags.json) terminal.printJson(comparison);
      else terminal.print(comparisonText(comparison));
      if (flags.plot === undefined) return;
      await drawComparison(comparison, flags.plot);
      terminal.note(`Drawn: ${flags.plot}`);
    });
}
