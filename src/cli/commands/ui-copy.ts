/** `automem ui --export`: a static copy of the page, with its progress told. */
import { openApp } from "../../app/app.ts";
import { leftOutLines } from "../../app/copy/about.ts";
import { bytesText } from "../../app/units.ts";
import type { CampaignRuns } from "../../web/copy/campaign-runs.ts";
import { count } from "../../web/copy/chosen.ts";
import { writeCopy } from "../../web/copy/write-copy.ts";
import type { CommandContext } from "../command-context.ts";
import { LiveLines } from "../live-lines.ts";

export interface CopyOptions {
  export: string;
  /** Steps from one picture to the next; `true`: one. */
  pictures?: number | true;
  campaignRuns?: CampaignRuns;
  json?: boolean;
}

export async function copyPage(
  { environment, terminal, signal }: CommandContext,
  references: readonly string[],
  { export: folder, pictures, campaignRuns, json }: CopyOptions,
): Promise<void> {
  const app = openApp(environment);
  const lines = new LiveLines(terminal, () => app.clock.monotonicMs());
  try {
    const done = await writeCopy(app, {
      folder,
      references,
      picturesEvery: pictures === true ? 1 : pictures,
      campaignRuns,
      signal,
      onBegin: ({ of, runs, leftOut }) => {
        const steps = runs.reduce((total, run) => total + run.steps, 0);
        const episodes = runs.reduce((total, run) => total + run.planned, 0);
        lines.note(`Copying ${of}; ${count(episodes, "episode")}, ${count(steps, "step")} in the finished ones.`);
        for (const line of leftOutLines(leftOut)) lines.note(line);
      },
      onProgress: (line) => lines.status(() => line),
    });
    lines.end();
    if (json) return terminal.printJson(done);
    terminal.print(`${done.folder}`);
    terminal.note(
      `${count(done.episodes, "episode")} in ${count(done.files, "file")}, ${bytesText(done.bytes)}. Open index.html in a browser, or put the folder on any web server.`,
    );
  } finally {
    lines.end();
  }
}
