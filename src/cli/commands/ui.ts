/** `automem ui`: the page on which runs, episodes, campaigns and training are looked at. */
import { Command, InvalidArgumentError, Option } from "commander";
import { openApp } from "../../app/app.ts";
import { ConfigError } from "../../core/errors.ts";
import { campaignRunChoices } from "../../web/copy/campaign-runs.ts";
import { startServer } from "../../web/server.ts";
import type { CommandContext } from "../command-context.ts";
import { commandForm } from "../command-forms.ts";
import { whole } from "../run-flags.ts";
import { evolveCommand } from "./evolve.ts";
import { runCommand } from "./run.ts";
import { trainCommand } from "./train.ts";
import { type CopyOptions, copyPage } from "./ui-copy.ts";

interface ServerFlags {
  port: number;
  host: string;
}

export function uiCommand(context: CommandContext): Command {
  return new Command("ui")
    .description("look at runs, episodes, campaigns and training in a browser")
    .option("--port <n>", "port to listen on; 0 for any that is free", whole, 4311)
    .option("--host <address>", "address to listen on; anyone who reaches it can read the store", "127.0.0.1")
    .argument("[references...]", "with --export: runs and campaigns to copy (default: all of the store)")
    .option("--export <folder>", "write a static copy of the page into a folder and start no server")
    .option("--pictures [every]", "with --export: the game's pictures of all steps, or of every n-th", picturesEvery)
    .addOption(
      new Option(
        "--campaign-runs <which>",
        "with --export: runs that come with a named campaign; gate: those on its confirm seeds (default: gate)",
      ).choices(campaignRunChoices),
    )
    .option("--json", "with --export: print what was written as JSON")
    .action(async (references: string[], { port, host, ...copy }: ServerFlags & Partial<CopyOptions>) => {
      if (copy.export !== undefined) return copyPage(context, references, { ...copy, export: copy.export });
      refuseWithoutExport(references, copy);
      const forms = [
        commandForm("run", runCommand(context)),
        commandForm("evolve", evolveCommand(context)),
        commandForm("train", trainCommand(context)),
      ];
      const server = await startServer(openApp(context.environment), { host, port, forms });
      context.terminal.print(server.url);
      context.terminal.note("Ctrl-C stops it.");
      await new Promise<void>((resolve) => {
        if (context.signal.aborted) resolve();
        context.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await server.stop();
    });
}

/** Throws `ConfigError` `only-with-export`. */
function refuseWithoutExport(
  references: readonly string[],
  { pictures, campaignRuns, json }: Partial<CopyOptions>,
): void {
  const said = [...references];
  if (pictures !== undefined) said.push("--pictures");
  if (campaignRuns !== undefined) said.push("--campaign-runs");
  if (json) said.push("--json");
  if (said.length === 0) return;
  throw new ConfigError(
    `${said.join(" ")}: this is for a static copy only; say into which folder with --export FOLDER.`,
    { code: "only-with-export" },
  );
}

function picturesEvery(text: string): number {
  const every = whole(text);
  if (every > 0) return every;
  throw new InvalidArgumentError("Say a number from 1, or nothing for all steps.");
}
