/**
 * Runs that a chosen campaign played, of which a copy takes those of its gate: what its verdicts stand on. What is left out is said in the copy, with
 * the command that brings it.
 */
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import type { LeftOut } from "../../app/copy/about.ts";
import type { RunLine } from "../../app/web/run-filter.ts";
import { AutomemError } from "../../core/errors.ts";

/** `gate`: on the confirm seeds. */
export const campaignRunChoices = ["gate", "all", "none"] as const;
export type CampaignRuns = (typeof campaignRunChoices)[number];

/** Of runs that come with campaigns without being named, in finished episodes; with `all` there is no such limit. */
export const mostGateSteps = 100_000;

export interface BroughtRuns {
  runs: Set<string>;
  leftOut: LeftOut[];
}

export interface RunsWanted {
  which: CampaignRuns;
  /** All runs of the store. */
  lines: readonly RunLine[];
  /** Runs that are copied anyway. */
  named: ReadonlySet<string>;
  /** In finished episodes, of runs that come without being named; but for `all`. */
  mostSteps?: number;
}

/** Of the campaigns, newest runs first. */
export async function campaignRuns(
  app: App,
  campaigns: readonly string[],
  { which, lines, named, mostSteps = mostGateSteps }: RunsWanted,
): Promise<BroughtRuns> {
  const steps = new Map(lines.map((line) => [line.id, line.steps]));
  const runs = new Set<string>();
  const leftOut: LeftOut[] = [];
  let room = which === "all" ? Number.POSITIVE_INFINITY : mostSteps;
  for (const campaign of campaigns) {
    const left = new Map<string, string[]>();
    const leave = (why: string, run: string) => left.set(why, [...(left.get(why) ?? []), run]);
    // Runs that were removed from the store since cannot be copied.
    const played = (await playedRuns(app, campaign)).filter(({ run }) => steps.has(run));
    for (const { run, purpose } of played.toReversed()) {
      if (named.has(run) || runs.has(run)) continue;
      const size = steps.get(run) ?? 0;
      const wanted = which === "all" || (which === "gate" && purpose === "confirm");
      if (wanted && size <= room) {
        runs.add(run);
        room -= size;
      } else
        leave(
          wanted
            ? `on the ${purpose} seeds, beyond ${mostSteps.toLocaleString("en")} steps`
            : `on the ${purpose} seeds`,
          run,
        );
    }
    for (const [why, ids] of left) leftOut.push({ campaign, why, runs: ids });
  }
  return { runs, leftOut };
}

const Played = v.object({ runId: v.string() });

/** In the order played; of a campaign whose log cannot be read none. */
async function playedRuns(app: App, campaign: string): Promise<{ run: string; purpose: string }[]> {
  const { campaigns } = await app.store();
  const played: { run: string; purpose: string }[] = [];
  try {
    const log = await campaigns.viewLog(campaign);
    for (const name of log.names()) {
      const [, purpose] = /^play\/([a-z]+)\/.*\/run$/.exec(name) ?? [];
      const begun = purpose === undefined ? undefined : await log.get(name, Played);
      if (purpose !== undefined && begun !== undefined) played.push({ run: begun.runId, purpose });
    }
  } catch (fault) {
    // Its page in the copy says what is wrong with it.
    if (!(fault instanceof AutomemError)) throw fault;
  }
  return played;
}
