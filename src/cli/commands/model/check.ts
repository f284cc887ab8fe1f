/** `automem model check`. */
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../../app/app.ts";
import { checkModel } from "../../../app/model-check.ts";
import { checkTable } from "../../check-table.ts";
import type { CommandContext } from "../../command-context.ts";
import { exitCodes } from "../../exit-codes.ts";

interface Flags {
  context?: number;
  timeout: number;
  json?: boolean;
}

export function modelCheckCommand(context: CommandContext): Command {
  return new Command("check")
    .description("ask a model what it can do, and say what each missing capability costs (a dozen small calls)")
    .argument("<model>", "llama-cpp:smollm2-135m, ollama:qwen2.5:7b, openai:NAME@URL, ...")
    .option("--context <tokens>", "context to ask for (default: as for a run)", count)
    .option("--timeout <seconds>", "for each call", count, 300)
    .option("--json", "print the result as JSON")
    .action(async (model: string, flags: Flags) => {
      const { terminal } = context;
      const check = await checkModel(openApp(context.environment), model, {
        contextTokens: flags.context,
        timeoutMs: flags.timeout * 1000,
        signal: context.signal,
        onStep: (step) => flags.json || terminal.note(`  ${step}`),
      });
      if (check.lines.some(({ status }) => status === "fail")) context.exitCode = exitCodes.failed;
      if (flags.json) return terminal.printJson(check);
      terminal.print(checkTable(check.lines, terminal));
    });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return value;
}
