/** `automem adapter`: LoRA adapters kept in the store. */
import { Command } from "commander";
import { adapterNamed, allAdapters } from "../../app/adapters/adapters.ts";
import { loadedAdapters } from "../../app/adapters/loaded.ts";
import { type App, openApp } from "../../app/app.ts";
import type { CommandContext } from "../command-context.ts";
import { table } from "../table.ts";
import { adapterExportCommand } from "./adapter/export.ts";
import { adapterImportCommand } from "./adapter/import.ts";
import { adapterLoadCommand, adapterUnloadCommand } from "./adapter/load.ts";

export function adapterCommand(context: CommandContext): Command {
  return new Command("adapter")
    .description("LoRA adapters: take in, list, show, load, write out")
    .addCommand(adapterImportCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(adapterLoadCommand(context))
    .addCommand(adapterUnloadCommand(context))
    .addCommand(adapterExportCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .description("adapters in the store, or those that a server has")
    .option("--model <model>", "those loaded on its server: ollama:NAME, vllm:NAME@URL")
    .option("--json", "print as JSON")
    .action(async (flags: { model?: string; json?: boolean }) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      if (flags.model !== undefined) return printLoaded(context, app, flags.model, flags.json);
      const adapters = await allAdapters(app);
      if (flags.json) return terminal.printJson({ adapters });
      if (adapters.length === 0) return terminal.note("No adapters yet. Take one in: automem adapter import FOLDER");
      const columns = [
        { title: "adapter" },
        { title: "base" },
        { title: "rank", align: "right" as const },
        { title: "alpha", align: "right" as const },
        { title: "type" },
        { title: "forms" },
      ];
      const rows = adapters.map(({ name, base, rank, alpha, dtype, peft, gguf }) => [
        name.slice(0, 12),
        base.model,
        String(rank),
        String(alpha),
        dtype,
        [peft && "peft", gguf && "gguf"].filter(Boolean).join(" "),
      ]);
      terminal.print(table(columns, rows));
    });
}

async function printLoaded({ terminal }: CommandContext, app: App, model: string, json?: boolean): Promise<void> {
  const loaded = await loadedAdapters(app, model);
  if (json) return terminal.printJson({ model, loaded });
  if (loaded.length === 0) return terminal.note(`${model} has no adapters loaded.`);
  for (const { name, isStored } of loaded) terminal.print(isStored ? name : `${name}  (not in the store)`);
}

function showCommand(context: CommandContext): Command {
  return new Command("show")
    .description("what an adapter is, and what it was made from")
    .argument("<adapter>", "its name, or four or more of its first digits")
    .option("--json", "print as JSON")
    .action(async (named: string, flags: { json?: boolean }) => {
      const { record, adapter } = await adapterNamed(openApp(context.environment), named);
      const { terminal } = context;
      if (flags.json) return terminal.printJson({ record, adapter });
      const { base, parents } = adapter;
      const rows: [string, string | undefined][] = [
        ["adapter", adapter.name],
        ["record", record],
        ["base", base.model],
        ["base weights", base.digest],
        ["rank, alpha", `${adapter.rank}, ${adapter.alpha}`],
        ["modules", adapter.targetModules.join(" ")],
        ["type", adapter.dtype],
        ["dataset", parents?.dataset],
        ["recipe", parents?.recipe],
        ...Object.entries(adapter.peft ?? {}),
        ["GGUF", adapter.gguf],
      ];
      for (const [label, value] of rows) if (value !== undefined) terminal.print(`${label.padEnd(28)}${value}`);
    });
}
