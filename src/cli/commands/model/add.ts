/** `automem model add`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { type ModelProgress, modelFiles } from "../../../app/models.ts";
import { megabytes } from "../../../app/units.ts";
import type { CommandContext } from "../../command-context.ts";
import { progressLines } from "../../install-progress.ts";

const doing: Record<ModelProgress["phase"], string> = {
  download: "downloading",
  unpack: "unpacking",
  copy: "copying",
  verify: "checking",
};

export function modelAddCommand(context: CommandContext): Command {
  return new Command("add")
    .description("bring a model: smollm2-135m, a GGUF file or its URL")
    .argument("<model>", "smollm2-135m, ./model.gguf, https://.../model.gguf")
    .option("--name <name>", "name to keep it under (default: the file's)")
    .option("--sha256 <hash>", "the weights must have this SHA-256")
    .option("--json", "print the result as JSON")
    .action(async (source: string, flags: { name?: string; sha256?: string; json?: boolean }) => {
      const { terminal } = context;
      const progress = progressLines(terminal);
      let phase = "";
      const { model, added } = await modelFiles(openApp(context.environment))
        .add(source, {
          name: flags.name,
          sha256: flags.sha256?.toLowerCase(),
          signal: context.signal,
          onProgress: (event) => {
            if (event.phase !== phase && !terminal.live) terminal.note(`  ${doing[event.phase]} ${source}`);
            phase = event.phase;
            const amount = event.totalBytes
              ? `${megabytes(event.doneBytes)} of ${megabytes(event.totalBytes)}`
              : megabytes(event.doneBytes);
            if (terminal.live) {
              // Never 100 %: the redrawn line is replaced by the result.
              progress.show({
                message: `${doing[event.phase]} ${amount}`,
                done: event.doneBytes,
                total: (event.totalBytes ?? 1e15) + 1,
              });
            }
          },
        })
        .finally(() => progress.end());
      if (flags.json) return terminal.printJson({ added, model });
      const state = added ? "is here" : "was here already";
      terminal.print(`${model.name} ${state}: ${megabytes(model.sizeBytes)}, sha256 ${model.sha256}`);
      terminal.print(`Play with it: automem run GAME --model llama-cpp:${model.name}`);
    });
}
