/** What reviews are made of: evidence, check, replay and brief, over the packages and episodes of a request. */
import type { CampaignRecord } from "../../core/campaign.ts";
import type { CampaignParts } from "../../evolve/campaign/campaign.ts";
import type { ReviewRequest } from "../../evolve/campaign/review.ts";
import { checkScaffold } from "../../evolve/check/check-scaffold.ts";
import { writeEvidence } from "../../evolve/evidence/write-evidence.ts";
import { writeBrief } from "../../evolve/reviewer/brief.ts";
import type { CheckFindings } from "../../evolve/reviewer/reviewer.ts";
import { type RecordedEpisode, recordedEpisode } from "../../run/replay/recorded-episode.ts";
import { replayScaffold } from "../../run/replay/replay-scaffold.ts";
import { replayText } from "../../run/replay/replay-text.ts";
import { checkText } from "../../scaffold/check/check-report.ts";
import { loadScaffold } from "../../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";

/** Episodes whose hooks are run again in a check or a replay, and steps of each. */
const replayed = { episodes: 3, steps: 200 } as const;

export async function reviewParts(
  app: App,
  record: CampaignRecord,
): Promise<Pick<CampaignParts, "writeEvidence" | "check" | "replay" | "brief">> {
  const store = await app.store();
  return {
    brief: (request) => briefOf(record, request),
    writeEvidence: (request, folder) =>
      writeEvidence(
        store,
        {
          game: record.game.name,
          brief: briefOf(record, request),
          incumbent: { ...asEvidence(request.incumbent), episodes: request.incumbentEpisodes },
          failed: request.failed && {
            revision: request.failed.revision,
            files: request.failed.scaffold.files,
            episodes: request.failed.episodes,
          },
          history: request.history,
        },
        folder,
      ),
    check: async (files, request) => {
      const recorded = await recordings(store, request);
      const parent = (request.failed?.scaffold ?? request.incumbent).files;
      const report = await checkScaffold(files, { recorded, parent, limitSteps: replayed.steps });
      return { passed: report.passed, text: checkText(report) };
    },
    replay: (files, request) => replayAll(store, files, request),
  };
}

function briefOf({ game, tasks }: CampaignRecord, { history, failed }: ReviewRequest): string {
  return writeBrief({ game: game.name, tasks, history, failed: failed?.revision });
}

function asEvidence({ hash, manifest, files }: ReviewRequest["incumbent"]) {
  return { hash, manifest, files };
}

/** The hooks over recorded episodes: passes if none fails. */
async function replayAll(store: Store, files: PackageFiles, request: ReviewRequest): Promise<CheckFindings> {
  const scaffold = await loadScaffold(files);
  const texts: string[] = [];
  let passed = true;
  for (const episode of await recordings(store, request)) {
    const report = await replayScaffold(scaffold, episode, { limitSteps: replayed.steps });
    if (report.failure !== undefined) passed = false;
    texts.push(replayText(report));
  }
  return { passed, text: texts.join("\n\n") };
}

async function recordings(store: Store, { incumbentEpisodes }: ReviewRequest): Promise<RecordedEpisode[]> {
  const chosen = incumbentEpisodes.slice(0, replayed.episodes);
  return Promise.all(chosen.map(({ record, task, seed }) => recordedEpisode(store, record, `${task}-s${seed}`)));
}
