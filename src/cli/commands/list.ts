/** `automem list`: the runs in the store. */
import { Command } from "commander";
import { openApp } from "../../app/app.ts";
import { gainText } from "../../app/campaign-gain.ts";
import { type CampaignRow, listCampaigns } from "../../app/campaign-list.ts";
import { figureRows } from "../../app/figure-rows.ts";
import { listRuns, listRunsWithTotals, type RunRow } from "../../app/runs.ts";
import { scaffoldNames } from "../../app/scaffold-names.ts";
import { percent } from "../../app/units.ts";
import type { CommandContext } from "../command-context.ts";
import { type Column, table } from "../table.ts";
import { printable } from "../terminal.ts";

export function listCommand(context: CommandContext): Command {
  return new Command("list")
    .description("runs, newest first")
    .option("--figures", "with figures about memory, tokens and seconds of the finished episodes")
    .option("--campaigns", "campaigns of evolve and train instead")
    .option("--json", "print as JSON")
    .action(async (flags: { figures?: boolean; campaigns?: boolean; json?: boolean }) => {
      const { terminal } = context;
      const app = openApp(context.environment);
      if (flags.figures) {
        const runs = await listRunsWithTotals(app);
        return flags.json ? terminal.printJson(runs) : terminal.print(figuresTable(runs));
      }
      if (flags.campaigns) {
        const campaigns = await listCampaigns(app);
        if (flags.json) return terminal.printJson(campaigns);
        if (campaigns.length === 0)
          return terminal.note(
            "No campaigns yet. Start one: automem evolve GAME --model PROVIDER:MODEL, or automem train",
          );
        return terminal.print(campaignsTable(campaigns));
      }
      const runs = await listRuns(app);
      const names = await scaffoldNames(
        app,
        runs.map(({ scaffold }) => scaffold),
      );
      if (flags.json) return terminal.printJson(runs.map((run) => ({ ...run, scaffoldName: names.get(run.scaffold) })));
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
      terminal.print(
        table(
          columns,
          runs.map((run) => row(run, names)),
        ),
      );
    });
}

function campaignsTable(campaigns: readonly CampaignRow[]): string {
  const columns: Column[] = [
    { title: "campaign" },
    { title: "loop" },
    { title: "game" },
    { title: "model" },
    { title: "reviewer, decider" },
    { title: "tried", align: "right" },
    { title: "accepted", align: "right" },
    { title: "points won (95 %)", align: "right" },
    { title: "seeds" },
    { title: "state" },
  ];
  return table(
    columns,
    campaigns.map(({ id, loop, game, model, by, tried, accepted, gain, state, problem }) =>
      problem === undefined
        ? [id, loop, game, model, by, String(tried), String(accepted), gainText(gain), gain?.seeds ?? "", state]
        : [id, "", "", "", "", "", "", "", "", problem],
    ),
  );
}

function figuresTable(runs: Awaited<ReturnType<typeof listRunsWithTotals>>): string {
  const shown = figureRows.filter(({ short }) => short !== undefined);
  const columns: Column[] = [
    { title: "run" },
    { title: "episodes", align: "right" },
    { title: "score", align: "right" },
    ...shown.map(({ short = "" }) => ({ title: short, align: "right" as const })),
    { title: "" },
  ];
  const rows = runs.map((run) => {
    const { totals } = run;
    if (totals === undefined) return [run.id, "", "", ...shown.map(() => ""), run.problem ?? ""];
    return [
      run.id,
      `${run.finished}/${run.planned}`,
      percent(run.meanProgress),
      ...shown.map(({ text }) => text(totals)),
    ];
  });
  const legend =
    "w:s writes by look-ups; empty, redundant: shares of searches and of written lines; growth: characters a step; context: characters a call; slips: format failures a call. * some calls' servers did not say.";
  return `${table(columns, rows)}\n\n${legend}`;
}

function row(run: RunRow, names: ReadonlyMap<string, string>): string[] {
  if (run.problem !== null) return [run.id, "", "", "", "", "", "", run.problem];
  const owed = run.planned - run.finished;
  const state = owed === 0 ? "complete" : `${owed} owed${run.failed > 0 ? ` (${run.failed} failed)` : ""}`;
  return [
    run.id,
    run.game,
    run.model,
    scaffoldText(run.scaffold, names.get(run.scaffold)),
    `${run.finished}/${run.planned}`,
    percent(run.meanProgress),
    String(run.steps),
    state,
  ];
}

const longestName = 60;

/** A campaign plays scaffolds by hash. */
function scaffoldText(scaffold: string, name = ""): string {
  const short = scaffold.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, "$1");
  if (name === "") return short;
  const said = printable(name);
  return `${said.length > longestName ? `${said.slice(0, longestName)}…` : said} ${short}`;
}
