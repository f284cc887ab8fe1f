/** `automem run`: play. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { type PlayOptions, play, type RunSummary } from "../../app/play.ts";
import { parseRunFile } from "../../app/run-file.ts";
import { resolveSettings } from "../../app/settings.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { addRunFlags, type RunFlags, settingsOfFlags } from "../run-flags.ts";
import { jsonView, type RunView, summaryText, terminalView } from "../run-view.ts";
import { readSettingsFile } from "../settings-file.ts";

export function runCommand(context: CommandContext): Command {
  const command = new Command("run")
    .description("play episodes of a game with a model")
    .argument("[game]", "an installed game plugin (or game in the settings file)");
  return addRunFlags(command)
    .option("--json", "print events as JSON lines, the last one with the summary")
    .action(async (game: string | undefined, flags: RunFlags & { json?: boolean }) => {
      const file =
        flags.settings === undefined ? {} : parseRunFile(await readSettingsFile(flags.settings), flags.settings);
      const settings = await resolveSettings(file, settingsOfFlags(game, flags));
      await playWithView(context, flags.json ?? false, (options) =>
        play(openApp(context.environment), settings, options),
      );
    });
}

/** Shows a run while `work` plays it; sets the exit code: 0 all finished, 1 something is owed, 130 stopped. */
export async function playWithView(
  context: CommandContext,
  json: boolean,
  work: (options: PlayOptions) => Promise<RunSummary>,
): Promise<void> {
  const view: RunView = json ? jsonView() : terminalView(context.terminal, () => performance.now());
  const options: PlayOptions = {
    commandLine: process.argv.slice(2),
    signal: context.signal,
    onEvent: (event) => view.show(event),
  };
  const summary = await work(options).finally(() => view.end());
  if (!json) context.terminal.print(summaryText(summary));
  if (context.signal.aborted) context.exitCode = exitCodes.interrupted;
  else if (summary.failed.length + summary.owed.length > 0) context.exitCode = exitCodes.failed;
}
