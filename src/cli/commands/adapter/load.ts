/** `automem adapter load` and `unload`: adapters of a server that runs. */
import { Command } from "commander";
import { adapterNamed } from "../../../app/adapters/adapters.ts";
import { unloadAdapter } from "../../../app/adapters/loaded.ts";
import { useAdapter } from "../../../app/adapters/use.ts";
import { openApp } from "../../../app/app.ts";
import { openRunModel } from "../../../app/models.ts";
import type { CommandContext } from "../../command-context.ts";

interface Flags {
  model: string;
  json?: boolean;
}

export function adapterLoadCommand(context: CommandContext): Command {
  return new Command("load")
    .description(
      "load an adapter into a model's server and verify it; an embedded model forgets it when the command ends",
    )
    .argument("<adapter>", "its name, or four or more of its first digits")
    .requiredOption("--model <model>", "ollama:NAME, vllm:NAME@URL, llama-server:URL, llama-cpp:NAME")
    .option("--json", "print the result as JSON")
    .action(async (named: string, { model: modelName, json }: Flags) => {
      const app = openApp(context.environment);
      const { adapter } = await adapterNamed(app, named);
      const model = await openRunModel(app, { model: modelName, parallel: 1 });
      try {
        const verification = await useAdapter(app, model, adapter);
        if (json) return context.terminal.printJson({ adapter: adapter.name, model: modelName, verification });
        const { method, apart, mixed, control } = verification;
        context.terminal.print(`${adapter.name} answers on ${modelName}.`);
        context.terminal.print(
          `By ${method}: ${apart.toFixed(3)} from the base; in turn with it ${mixed.toFixed(3)} from a cold start (control ${control.toFixed(3)}).`,
        );
      } finally {
        await model.close();
      }
    });
}

export function adapterUnloadCommand(context: CommandContext): Command {
  return new Command("unload")
    .description("take an adapter out of a model's server")
    .argument("<adapter>", "its name, or four or more of its first digits")
    .requiredOption("--model <model>", "ollama:NAME, vllm:NAME@URL")
    .option("--json", "print the result as JSON")
    .action(async (named: string, { model: modelName, json }: Flags) => {
      const app = openApp(context.environment);
      const { adapter } = await adapterNamed(app, named);
      await unloadAdapter(app, modelName, adapter);
      if (json) return context.terminal.printJson({ adapter: adapter.name, model: modelName });
      context.terminal.print(`${adapter.name} is not loaded on ${modelName}.`);
    });
}
