/** `automem store`: look after what automem keeps. */
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { exportCommand } from "./store/export.ts";
import { fsckCommand } from "./store/fsck.ts";
import { gcCommand } from "./store/gc.ts";
import { importCommand } from "./store/import.ts";
import { reindexCommand } from "./store/reindex.ts";
import { sizeCommand } from "./store/size.ts";

export function storeCommand(context: CommandContext): Command {
  return new Command("store")
    .description("check, clean, measure, export and import the store")
    .addCommand(fsckCommand(context))
    .addCommand(gcCommand(context))
    .addCommand(reindexCommand(context))
    .addCommand(sizeCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context));
}
