/** `automem dataset build`: a dataset of the finished episodes of some runs on training seeds. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { defaultDataSettings, parseDatasetFile, withDataFlags } from "../../../app/train/dataset-file.ts";
import { buildFromRuns } from "../../../app/train/datasets.ts";
import type { CommandContext } from "../../command-context.ts";
import { recordLines } from "../../dataset/dataset-text.ts";
import { selectionView } from "../../dataset/selection-view.ts";
import { present, whole } from "../../run-flags.ts";
import { readSettingsFile } from "../../settings-file.ts";

interface Flags {
  selector?: string;
  batchTurns?: number;
  selectionTurns?: number;
  selectionTime?: number;
  selectionTokens?: number;
  selectionContext?: number;
  mends?: number;
  settings?: string;
  json?: boolean;
}

export function datasetBuildCommand(context: CommandContext): Command {
  return new Command("build")
    .description("choose turns of finished episodes, clean them up, keep them as a dataset")
    .argument("<run...>", "runs on training seeds: an id, the beginning of one, or last")
    .option(
      "--selector <selector>",
      "outcome (no LLM), agent:PROVIDER:MODEL, claude-code, command:PROGRAM ARGS, scripted:FILE (default: outcome)",
    )
    .option("--batch-turns <n>", "turns shown at once at most (default: 40 to a model, 200 to a program)", whole)
    .option("--selection-turns <n>", "model calls of one question at most (default: 30)", whole)
    .option("--selection-time <seconds>", "time of one question at most (default: 1800)", whole)
    .option("--selection-tokens <n>", "stop after so many tokens of all questions, cached ones included", whole)
    .option("--selection-context <tokens>", "tokens of a question's conversation (default: 32768)", whole)
    .option("--mends <n>", "times an answer that cannot be used is sent back (default: 3)", whole)
    .option("--settings <file>", "TOML file with selector and tables dataset, outcome, selection")
    .option("--json", "print the hash and the record as JSON")
    .action((runs: string[], flags: Flags) => build(context, runs, flags));
}

async function build({ terminal, signal, environment }: CommandContext, runs: string[], flags: Flags): Promise<void> {
  const { settings: path, selector, json } = flags;
  const file = path === undefined ? defaultDataSettings() : parseDatasetFile(await readSettingsFile(path), path);
  const selection = present({
    batchTurns: flags.batchTurns,
    turns: flags.selectionTurns,
    seconds: flags.selectionTime,
    totalTokens: flags.selectionTokens,
    contextTokens: flags.selectionContext,
    mends: flags.mends,
  });
  const settings = withDataFlags(file, { selector, selection });
  const view = selectionView(terminal, () => performance.now());
  const { onProgress, onLine } = view;
  const built = await buildFromRuns(openApp(environment), runs, settings, { signal, onProgress, onLine }).finally(() =>
    view.end(),
  );
  const { hash, record, unfinished, spent } = built;
  if (unfinished > 0) terminal.note(`${unfinished} episodes are not finished; they are not in it.`);
  if (spent.tokens > 0) terminal.note(`The selector took ${spent.tokens} tokens${moneyText(spent.money)}.`);
  if (json) terminal.printJson({ dataset: hash, record });
  else terminal.print(recordLines({ hash, record }).join("\n"));
}

function moneyText(money: number): string {
  return money > 0 ? `, ${money.toFixed(4)} by the prices given` : "";
}
