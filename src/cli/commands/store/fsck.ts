/** `automem store fsck`. */
import { Command } from "commander";
import { openApp } from "../../../app/app.ts";
import { checkWholeStore, type Damage } from "../../../app/store-admin.ts";
import type { CommandContext } from "../../command-context.ts";
import { exitCodes } from "../../exit-codes.ts";
import { printable } from "../../terminal.ts";

export function fsckCommand(context: CommandContext): Command {
  return new Command("fsck")
    .description("read every byte that counts, and say what is damaged and whom it touches (changes nothing)")
    .option("--json", "print the report as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { terminal } = context;
      const report = await checkWholeStore(openApp(context.environment));
      if (report.damage.length > 0) context.exitCode = exitCodes.failed;
      if (flags.json) return terminal.printJson(report);
      for (const damage of report.damage) terminal.print(damageText(damage));
      for (const { path, remark } of report.remarks) terminal.note(printable(`note: ${path}: ${remark}`));
      const { blobs, records, refs, runs, episodes, journals, campaigns } = report.counts;
      terminal.print(
        `Read ${blobs} blobs, ${records} records, ${refs} refs, ${runs} runs, ${episodes} episodes, ${journals} journals under way, ${campaigns} campaigns.`,
      );
      if (report.unchecked > 0) {
        terminal.note(
          `${report.unchecked} files are of an automem that wrote no checksums; their content was checked.`,
        );
      }
      if (report.damage.length === 0) return terminal.print("No damage.");
      terminal.print(
        `${report.damage.length} damaged or missing. Bring back the files from a backup, or import an archive of the run: it mends blobs and records.`,
      );
    });
}

function damageText({ path, problem, refs, runs, episodes, campaigns, records }: Damage): string {
  const lines = [`damaged  ${path}: ${problem}`];
  const touched = [
    ...episodes.map(({ run, key }) => `episode ${run}/${key}`),
    ...runs.filter((run) => !episodes.some((episode) => episode.run === run)).map((run) => `run ${run}`),
    ...campaigns.map((campaign) => `campaign ${campaign}`),
    ...refs.map((ref) => `ref ${ref}`),
    ...records.map((hash) => `record ${hash.slice(0, 12)}`),
  ];
  for (const name of touched) lines.push(`  touches ${name}`);
  return printable(lines.join("\n"));
}
