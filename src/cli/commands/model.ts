/** `automem model`: weights kept on this machine. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { type KeptModelCheck, modelChecks } from "../../app/checks/model-checks.ts";
import { checkVerdict } from "../../app/checks/verdict.ts";
import { modelFiles } from "../../app/models.ts";
import { megabytes } from "../../app/units.ts";
import { ConfigError } from "../../core/errors.ts";
import type { CommandContext } from "../command-context.ts";
import { table } from "../table.ts";
import { modelAddCommand } from "./model/add.ts";
import { modelCheckCommand } from "./model/check.ts";

export function modelCommand(context: CommandContext): Command {
  return new Command("model")
    .description("bring, list, remove and check models")
    .addCommand(modelAddCommand(context))
    .addCommand(modelCheckCommand(context))
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .description("models on this machine")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      const { models, damaged } = await modelFiles(app).list();
      const checks = await modelChecks(app);
      if (flags.json) return terminal.printJson({ models, damaged, checks });
      if (models.length === 0) terminal.note("No models yet. Bring one: automem model add smollm2-135m");
      else {
        const columns = [
          { title: "model" },
          { title: "size", align: "right" as const },
          { title: "context", align: "right" as const },
          { title: "weights" },
          { title: "sha256" },
          { title: "checked" },
        ];
        const rows = models.map((model) => [
          `llama-cpp:${model.name}`,
          megabytes(model.sizeBytes),
          String(model.gguf.contextTokens ?? "?"),
          [model.gguf.architecture, model.gguf.quantisation].filter(Boolean).join(" "),
          model.sha256.slice(0, 12),
          checkedText(checks.find((check) => check.model === `llama-cpp:${model.name}`)),
        ]);
        terminal.print(table(columns, rows));
      }
      for (const model of damaged) terminal.note(`${terminal.color.red("damaged")} ${model.problem}`);
    });
}

/** Of the last check. */
function checkedText(check: KeptModelCheck | undefined): string {
  return check === undefined ? "" : `${check.date.slice(0, 10)}: ${checkVerdict(check)}`;
}

function removeCommand(context: CommandContext): Command {
  return new Command("remove")
    .description("remove a model's weights")
    .argument("<model>")
    .option("--json", "print the result as JSON")
    .action(async (name: string, flags: { json?: boolean }) => {
      if (!(await modelFiles(openApp(context.environment)).remove(name.replace(/^llama-cpp:/, "")))) {
        throw new ConfigError(`There is no model "${name}". automem model list shows what is there.`, {
          code: "unknown-model",
        });
      }
      if (flags.json) return context.terminal.printJson({ removed: name });
      context.terminal.print(`${name} is removed.`);
    });
}
