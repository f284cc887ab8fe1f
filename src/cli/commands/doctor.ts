/** `automem doctor`. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { examine } from "../../app/doctor/doctor.ts";
import { checkTable } from "../check-table.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";

export function doctorCommand(context: CommandContext): Command {
  return new Command("doctor")
    .description("look at the whole installation")
    .option("--deep", "read every model's weights and compare their hashes")
    .option("--json", "print the result as JSON")
    .action(async (flags: { deep?: boolean; json?: boolean }) => {
      const { terminal } = context;
      const lines = await examine(openApp(context.environment), {
        deep: flags.deep === true,
        signal: context.signal,
        onStep: (step) => flags.json || terminal.note(`  ${step}`),
      });
      const healthy = lines.every(({ status }) => status !== "fail");
      if (!healthy) context.exitCode = exitCodes.failed;
      if (flags.json) return terminal.printJson({ healthy, lines });
      terminal.print(checkTable(lines, terminal));
    });
}
