/** `automem adapter import`. */
import { Command } from "commander";
import { importAdapter } from "../../../app/adapters/import.ts";
import { openApp } from "../../../app/app.ts";
import type { CommandContext } from "../../command-context.ts";

interface Flags {
  base: string;
  gguf?: string;
  json?: boolean;
}

export function adapterImportCommand(context: CommandContext): Command {
  return new Command("import")
    .description("take an adapter into the store, named by its content")
    .argument("<path>", "a folder as PEFT writes it, or a GGUF LoRA")
    .requiredOption("--base <model>", "the model it was made for: smollm2-135m, vllm:NAME")
    .option("--gguf <file>", "for a folder: the GGUF LoRA that was made of it")
    .option("--json", "print the result as JSON")
    .action(async (path: string, { base, gguf, json }: Flags) => {
      const { terminal } = context;
      const imported = await importAdapter(openApp(context.environment), { path, base, gguf });
      if (json) return terminal.printJson(imported);
      const { adapter, isNew, leftOut } = imported;
      const { name, rank, alpha, dtype, targetModules } = adapter;
      terminal.print(`${name} ${isNew ? "is in the store" : "was in the store already"}.`);
      terminal.print(`For ${adapter.base.model}; rank ${rank}, alpha ${alpha}, ${dtype}; ${targetModules.join(" ")}.`);
      if (leftOut.length > 0) terminal.note(`Not part of an adapter, left out: ${leftOut.join(", ")}.`);
    });
}
