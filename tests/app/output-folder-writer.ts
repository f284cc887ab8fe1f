/** A process that writes a folder and never comes to its end: `bun output-folder-writer.ts FOLDER` prints `writing` when something of it is there. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fillOutputFolder } from "../../src/app/output-folder.ts";

await fillOutputFolder(
  process.argv[2]!,
  { marker: "mark", names: ["mark", "text"], what: "a former one" },
  async (beside) => {
    await writeFile(join(beside, "text"), "half");
    process.stdout.write("writing\n");
    // As long as its input stays open.
    await new Response(Bun.stdin.stream()).text();
  },
);
