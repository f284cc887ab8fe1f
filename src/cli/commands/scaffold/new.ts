/** `automem scaffold new`. */
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { newScaffold } from "../../../app/scaffold-folder.ts";
import type { CommandContext } from "../../command-context.ts";

export function scaffoldNewCommand(context: CommandContext): Command {
  return new Command("new")
    .description("write a scaffold of your own, a copy of another to start from")
    .argument("<name>", "a-z, 0-9 and -, a letter first")
    .option("--from <scaffold>", "what to copy", "base")
    .option("--folder <folder>", "where to write it (default: ./NAME)")
    .option("--json", "print the result as JSON")
    .action(async (name: string, flags: { from: string; folder?: string; json?: boolean }) => {
      const folder = resolve(flags.folder ?? name);
      const written = await newScaffold(openApp(context.environment), name, folder, flags.from);
      if (flags.json) return context.terminal.printJson({ folder, files: written });
      const short = relative(process.cwd(), folder) || ".";
      const here = short.startsWith(".") || short.startsWith("/") ? short : `./${short}`;
      context.terminal.print(
        `Wrote ${written.length} files to ${here}. Types for an editor: automem.d.ts, tsconfig.json; they are not part of the package.\n\nNext: automem scaffold check ${here}, then automem run GAME --model MODEL --scaffold ${here}`,
      );
    });
}
