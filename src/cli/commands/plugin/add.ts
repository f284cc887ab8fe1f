/** `automem plugin add`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { addPlugin } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";
import { progressLines } from "../../install-progress.ts";
import { collect } from "../../option-values.ts";

interface Flags {
  assets?: string[];
  force?: boolean;
  json?: boolean;
}

export function pluginAddCommand(context: CommandContext): Command {
  return new Command("add")
    .description("install a plugin: a first-party name, a folder or a git URL")
    .argument("<plugin>", "crafter, minihack, nethack, courier, llama-cpp, ./my-game, https://.../game.git")
    .option(
      "--assets <path>",
      "file or folder for an asset of the plugin, PATH or NAME=PATH; repeat for several",
      collect,
    )
    .option("--force", "install again what is installed already")
    .option("--json", "print the result as JSON")
    .action(async (plugin: string, flags: Flags) => {
      const { terminal } = context;
      const progress = progressLines(terminal);
      const outcome = await addPlugin(openApp(context.environment), {
        plugin,
        assets: flags.assets ?? [],
        force: flags.force ?? false,
        listener: (event) =>
          progress.show(event.phase === "plan" ? { message: `Will install:\n${event.message}` } : event),
        signal: context.signal,
      }).finally(() => progress.end());
      if (outcome.status === "declined") return;
      const { plugin: installed, certificate } = outcome;
      const { name, version } = installed.record;
      if (flags.json)
        return terminal.printJson({ status: outcome.status, name, version, folder: installed.paths.root, certificate });
      const state = outcome.status === "installed" ? "is installed" : "is already installed";
      const passed = certificate?.checks.filter((check) => check.status === "passed").length ?? 0;
      terminal.print(`${name} ${version} ${state}${passed > 0 ? `; ${passed} checks passed` : ""}.`);
      if (installed.manifest.kind === "game") {
        terminal.print(`Play it: automem run ${name} --model llama-cpp:smollm2-135m   (or --model ollama:NAME)`);
      } else {
        terminal.print("Bring a model: automem model add smollm2-135m   (or a GGUF file or URL)");
      }
    });
}
