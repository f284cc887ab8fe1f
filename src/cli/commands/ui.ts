/** `automem ui`: the page on which runs, episodes, campaigns and training are looked at. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { startServer } from "../../web/server.ts";
import type { CommandContext } from "../command-context.ts";
import { commandForm } from "../command-forms.ts";
import { whole } from "../run-flags.ts";
import { evolveCommand } from "./evolve.ts";
import { runCommand } from "./run.ts";
import { trainCommand } from "./train.ts";

export function uiCommand(context: CommandContext): Command {
  return new Command("ui")
    .description("look at runs, episodes, campaigns and training in a browser")
    .option("--port <n>", "port to listen on; 0 for any that is free", whole, 4311)
    .option("--host <address>", "address to listen on; anyone who reaches it can read the store", "127.0.0.1")
    .action(async ({ port, host }: { port: number; host: string }) => {
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
