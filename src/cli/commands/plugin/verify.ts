/** `automem plugin verify`. */
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../../app/app.ts";
import { goldenLines, replayGolden } from "../../../app/golden.ts";
import { verifyPlugin } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { progressLines } from "../../install-progress.ts";
import { certificateText } from "./info.ts";

interface Flags {
  golden?: string[];
  assets?: string;
  model?: string;
  parallel: number;
  json?: boolean;
}

export function pluginVerifyCommand(context: CommandContext): Command {
  return new Command("verify")
    .description("check a plugin: conformance and determinism; or replay recorded episodes with --golden")
    .argument("<plugin>")
    .option("--golden <file...>", "recorded episodes (.jsonl, .jsonl.gz) to replay and compare")
    .option("--assets <folder>", "with --golden: folder to use as the plugin's assets")
    .option("--model <file>", "engines: GGUF file to check with")
    .option("--parallel <n>", "with --golden: game processes at a time", count, 2)
    .option("--json", "print the result as JSON")
    .action((name: string, flags: Flags) =>
      flags.golden ? golden(context, name, flags) : conformance(context, name, flags),
    );
}

async function conformance(context: CommandContext, name: string, flags: Flags): Promise<void> {
  const progress = progressLines(context.terminal);
  const certificate = await verifyPlugin(openApp(context.environment), name, {
    // The engine runs in a folder of its own.
    model: flags.model === undefined ? undefined : resolve(flags.model),
    onResult: (result, done, total) =>
      progress.show({
        message: `${result.status === "passed" ? "ok" : result.status}: ${result.sentence}`,
        ...(result.status === "passed" && done < total ? { done, total } : {}),
      }),
  }).finally(() => progress.end());
  if (flags.json) context.terminal.printJson(certificate);
  else context.terminal.print(`${name}: ${certificate.passed ? "passed" : "FAILED"}\n${certificateText(certificate)}`);
  if (!certificate.passed) context.exitCode = exitCodes.failed;
}

async function golden(context: CommandContext, name: string, flags: Flags): Promise<void> {
  const { terminal } = context;
  const results = await replayGolden(openApp(context.environment), name, {
    files: flags.golden ?? [],
    assets: flags.assets,
    parallel: flags.parallel,
    onResult: (result) => {
      if (!flags.json) terminal.print(goldenLines(result).join("\n"));
    },
  });
  const of = (status: string) => results.filter((result) => result.status === status).length;
  if (flags.json) terminal.printJson(results);
  else
    terminal.print(
      `${of("passed")} equal, ${of("different")} different, ${of("failed")} failed, ${of("skipped")} skipped`,
    );
  if (of("different") + of("failed") > 0) context.exitCode = exitCodes.failed;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Expected a whole number of 1 or more.");
  return Number(text);
}
