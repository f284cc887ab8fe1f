/** `automem plugin new`. */
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { writeNewPlugin } from "../../../app/plugins.ts";
import type { CommandContext } from "../../command-context.ts";

export function pluginNewCommand(context: CommandContext): Command {
  return new Command("new")
    .description("write a new game plugin that passes verify as it stands")
    .argument("<name>", "a-z, 0-9 and -, a letter first")
    .option("--folder <folder>", "where to write it (default: ./NAME)")
    .option("--json", "print the result as JSON")
    .action(async (name: string, flags: { folder?: string; json?: boolean }) => {
      const folder = resolve(flags.folder ?? name);
      const written = await writeNewPlugin(name, folder);
      if (flags.json) return context.terminal.printJson({ folder, files: written });
      const short = relative(process.cwd(), folder) || ".";
      const here = short.startsWith(".") || short.startsWith("/") ? short : `./${short}`;
      context.terminal.print(
        `Wrote ${written.length} files to ${here}:\n${written.map((path) => `  ${path}`).join("\n")}\n\nNext: automem plugin add ${here}, then automem plugin verify ${name}`,
      );
    });
}
