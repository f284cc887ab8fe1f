/** `automem reproduce`: does a recorded thing again and says, field by field, what is equal. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { reproduce } from "../../app/reproduce/reproduce.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { reproductionText } from "../lineage/reproduction-text.ts";

interface Flags {
  modelCalls?: boolean;
  base?: string;
  json?: boolean;
}

const exits = { equal: exitCodes.ok, different: exitCodes.failed, "not-done-again": exitCodes.notDoneAgain } as const;

const help = `
Exit codes: 0 all equal, 1 something differs, 3 something could not be done again and nothing that was differs.
Nothing is written to the store.`;

export function reproduceCommand(context: CommandContext): Command {
  return new Command("reproduce")
    .description("do a recorded thing again from its recorded inputs, and say field by field what is equal")
    .argument(
      "<record>",
      "a hash or four or more digits of one, or the name of a RUN, RUN/EPISODE, CAMPAIGN, CAMPAIGN/KEY or adapter",
    )
    .option("--model-calls", "episodes: ask the models again, call by call, and compare replies word for word")
    .option("--base <path>", "trainings: the weights to train on, where they are not found by the base's name")
    .option("--json", "print as JSON")
    .addHelpText("after", help)
    .action(async (named: string, { modelCalls, base, json }: Flags) => {
      const { terminal, signal, environment } = context;
      const report = await reproduce(openApp(environment), named, {
        modelCalls: modelCalls === true,
        base,
        signal,
        onProgress: (line) => terminal.note(line),
      });
      context.exitCode = exits[report.standing];
      if (json) terminal.printJson(report);
      else terminal.print(reproductionText(report, terminal.color));
    });
}
