/** `automem why`: what an adapter was made from, down to the turns word for word. */
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../app/app.ts";
import { adapterOrigin } from "../../app/lineage/adapter-origin.ts";
import { turnOrigin } from "../../app/lineage/turn-origin.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { originText } from "../lineage/origin-text.ts";
import { turnText } from "../lineage/turn-text.ts";

interface Flags {
  turn?: number;
  json?: boolean;
}

export function whyCommand(context: CommandContext): Command {
  return new Command("why")
    .description(
      "what an adapter was made from: recipe, training, trial, dataset, turns, episodes, scaffold; all of it checked",
    )
    .argument("<adapter>", "its name, or four or more of its first digits")
    .option(
      "--turn <n>",
      "one turn it learnt from, whole: sent, written, learnt, what came of it, where to see it",
      whole,
    )
    .option("--json", "print as JSON")
    .action(async (named: string, { turn, json }: Flags) => {
      const { terminal, signal } = context;
      const app = openApp(context.environment);
      if (turn !== undefined) {
        const origin = await turnOrigin(app, named, turn);
        if (origin.problem !== undefined) context.exitCode = exitCodes.failed;
        return json ? terminal.printJson(origin) : terminal.print(turnText(origin, terminal.color));
      }
      const onProgress = (line: string) => terminal.live && terminal.note(line);
      const origin = await adapterOrigin(app, named, { onProgress, signal });
      if (origin.problems.length > 0) context.exitCode = exitCodes.failed;
      if (json) terminal.printJson(origin);
      else terminal.print(originText(origin, terminal.color));
    });
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected the number of a turn, counted from 0.");
  return Number(text);
}
