/**
 * Makes the evidence for a review from the store: a read-only folder of text files, the same bytes for the same records. Layout: docs/evidence.md.
 * Only `ReviewableEpisode`s come in, so no episode of a confirm or report seed can (seed-plan.ts).
 */

import type { ReviewableEpisode } from "../../campaign/seed-plan.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { ScaffoldManifest } from "../../core/scaffold.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";
import { storeFault } from "../../store/fault.ts";
import type { Store } from "../../store/store.ts";
import type { TriedRevision } from "../tried-revision.ts";
import { writeEpisode } from "./episode-evidence.ts";
import type { EvidenceFolder } from "./evidence-folder.ts";
import { FolderWriter } from "./folder-writer.ts";
import { writeFailed, writeHistory } from "./history-text.ts";
import { type EpisodeMetrics, type EvidenceIndex, jsonText } from "./metrics-files.ts";
import { openEvidence } from "./open-evidence.ts";
import { storedPackage, writePackage } from "./package-text.ts";
import { brokenLines, inline } from "./plain-text.ts";
import { readmeText } from "./readme-text.ts";
import { percent } from "./recorded-step.ts";
import { ruleBelow } from "./step-counts.ts";

export interface EvidenceRequest {
  game: string;
  /** What is asked of the reviewer, as Markdown. */
  brief: string;
  incumbent: {
    hash: Hash;
    manifest: ScaffoldManifest;
    files: PackageFiles;
    episodes: readonly ReviewableEpisode[];
  };
  /** In a continuation: the revision to mend. */
  failed?: { revision: TriedRevision; files: PackageFiles; episodes: readonly ReviewableEpisode[] } | undefined;
  /** Oldest first. */
  history: readonly TriedRevision[];
}

/**
 * Writes the folder anew, in place of what stood there: beside it first, so that it is whole or not there. Memory is bounded by a segment of a
 * trace and a page, whatever the length of the episodes. Throws `StoreError` for records that cannot be read and for a folder that
 * cannot be written (see `storeFault`); `ConfigError`: `wrong-game`,
 * `twice-the-same` (two episodes of one task and seed), `sealed-seed`.
 */
export async function writeEvidence(store: Store, request: EvidenceRequest, folder: string): Promise<EvidenceFolder> {
  await checkEpisodes(store, request.game, request.incumbent.episodes);
  await checkEpisodes(store, request.game, request.failed?.episodes ?? []);
  try {
    await writeAll(store, request, folder);
  } catch (cause) {
    if (cause instanceof Error && "syscall" in cause)
      throw storeFault(cause, "write the evidence for a review", folder);
    throw cause;
  }
  return openEvidence(folder);
}

async function writeAll(store: Store, request: EvidenceRequest, folder: string): Promise<void> {
  const { game, brief, incumbent, failed, history } = request;
  const writer = new FolderWriter(folder);
  await writer.begin();
  await writer.write("README.md", readmeText(game, failed !== undefined));
  await writer.writeLines("brief.md", brokenLines(brief).flat());
  await writePackage(writer, "scaffold", incumbent.files);
  await writeHistory(store, writer, history);
  if (failed !== undefined) await writeFailed(writer, failed, await parentFiles(store, request));
  const episodes: EpisodeMetrics[] = [];
  for (const episode of incumbent.episodes) episodes.push(await writeEpisode(store, writer, "incumbent", episode));
  for (const episode of failed?.episodes ?? []) episodes.push(await writeEpisode(store, writer, "failed", episode));
  await writer.writeLines("index.md", indexRows(episodes), indexHead(request));
  await writer.write("metrics.json", jsonText(indexOf(request, episodes)));
  await writer.finish();
}

async function checkEpisodes(store: Store, game: string, episodes: readonly ReviewableEpisode[]): Promise<void> {
  const seen = new Set<string>();
  for (const { record: hash, task, seed } of episodes) {
    const record = await store.records.get(hash, "automem.episode/1");
    if (record.game.name !== game) {
      throw new ConfigError(`The episode ${hash} is of ${record.game.name}, not of ${game}.`, { code: "wrong-game" });
    }
    const name = JSON.stringify([task, seed]);
    if (seen.has(name)) {
      throw new ConfigError(`Two episodes of ${task} with seed ${seed} were given; evidence shows each once.`, {
        code: "twice-the-same",
        data: { task, seed },
      });
    }
    seen.add(name);
  }
}

async function parentFiles(store: Store, { incumbent, failed }: EvidenceRequest): Promise<PackageFiles | undefined> {
  const parent = failed?.revision.parent;
  if (parent === undefined || parent === incumbent.hash) return incumbent.files;
  return storedPackage(store, parent);
}

const titles =
  "| episode | steps | progress | reward events | invalid | unchanged | longest still stretch | empty searches | redundant writes | lost facts |";

function indexHead({ game, incumbent, failed }: EvidenceRequest): string[] {
  const { name, version } = incumbent.manifest;
  return [
    `# Episodes of ${inline(game)}`,
    "",
    `incumbent: ${inline(name)} ${inline(version)}, ${incumbent.hash}`,
    ...(failed === undefined ? [] : [`failed: ${inline(failed.revision.key)}, ${failed.revision.scaffold}`]),
    "",
    titles,
    ruleBelow(titles),
  ];
}

function indexRows(episodes: readonly EpisodeMetrics[]): string[] {
  return episodes.map(({ folder, steps, progress, rewardEvents, figures, trouble }) => {
    const stretch = trouble.stillStretches[0];
    const still = stretch === undefined ? "-" : `${stretch.fromStep} to ${stretch.toStep}`;
    const { emptySearches, redundantWrites, lostFacts } = trouble.counts;
    const { invalidActions, unchangedActions } = figures;
    const counts = [rewardEvents, invalidActions, unchangedActions, still, emptySearches, redundantWrites, lostFacts];
    return `| ${[folder, steps, percent(progress), ...counts].join(" | ")} |`;
  });
}

function indexOf({ game, incumbent, failed }: EvidenceRequest, episodes: readonly EpisodeMetrics[]): EvidenceIndex {
  const mean = (role: EpisodeMetrics["role"]) => {
    const own = episodes.filter((episode) => episode.role === role);
    return own.length === 0 ? {} : { meanProgress: own.reduce((sum, { progress }) => sum + progress, 0) / own.length };
  };
  const { name, version } = incumbent.manifest;
  return {
    schema: "automem.evidence/1",
    game,
    incumbent: { hash: incumbent.hash, name, version, ...mean("incumbent") },
    ...(failed !== undefined && {
      failed: { key: failed.revision.key, hash: failed.revision.scaffold, ...mean("failed") },
    }),
    episodes: episodes.map(({ folder }) => folder),
  };
}
