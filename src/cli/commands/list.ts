/** `automem list`: the runs in the store. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { listRuns, type RunRow } from "../../app/runs.ts";
import type { CommandContext } from "../command-context.ts";
import { table } from "../table.ts";

export function listCommand(context: CommandContext): Command {
  return new Command("list")
    .description("runs, newest first")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const runs = await listRuns(openApp(context.environment));
      if (flags.json) return terminal.printJson(runs);
      if (runs.length === 0) return terminal.note("No runs yet. Start one: automem run GAME --model PROVIDER:MODEL");
      const columns = [
        { title: "run" },
        { title: "game" },
        { title: "model" },
        { title: "scaffold" },
        { title: "episodes", align: "right" as const },
        { title: "score", align: "right" as const },
        { title: "steps", align: "right" as const },
        { title: "state" },
      ];
      terminal.print(table(columns, runs.map(row)));
    });
}

function row(run: RunRow): string[] {
  if (run.problem !== null) return [run.id, "", "", "", "", "", "", run.problem];
  const owed = run.planned - run.finished;
  const state = owed === 0 ? "complete" : `${owed} owed${run.failed > 0 ? ` (${run.failed} failed)` : ""}`;
  const score = run.meanProgress === null ? "-" : `${(100 * run.meanProgress).toFixed(1)} %`;
  return [run.id, run.game, run.model, run.scaffold, `${run.finished}/${run.planned}`, score, String(run.steps), state];
}
