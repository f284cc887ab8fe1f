/** Writes the folder of one episode, in one pass over its trace and one segment at a time. */

import type { ReviewableEpisode } from "../../campaign/seed-plan.ts";
import { ConfigError } from "../../core/errors.ts";
import type { CallEntry, JournalEntry } from "../../core/journal.ts";
import { EpisodeCounter } from "../../metrics/episode-counter.ts";
import { TroubleFinder } from "../../metrics/trouble/trouble-finder.ts";
import { episodeKey } from "../../store/run-id.ts";
import type { Store } from "../../store/store.ts";
import { EpisodePages, sorted } from "./episode-pages.ts";
import { summaryLines, troubleLines } from "./episode-summary.ts";
import type { FolderWriter } from "./folder-writer.ts";
import { memoryChange } from "./memory-changes.ts";
import { type EpisodeMetrics, jsonText } from "./metrics-files.ts";
import { brokenLines, safeName } from "./plain-text.ts";
import type { EntryOf, RecordedStep } from "./recorded-step.ts";

/** Throws `StoreError` for a record that cannot be read, `ConfigError` `sealed-seed` for one that is not the episode it is said to be. */
export async function writeEpisode(
  store: Store,
  writer: FolderWriter,
  role: EpisodeMetrics["role"],
  episode: ReviewableEpisode,
): Promise<EpisodeMetrics> {
  const folder = `episodes/${role}/${episodeKey(episode)}`;
  const reader = await store.readRecord(episode.record);
  const reading = new EpisodeReading(new EpisodePages(writer, folder));
  for await (const entry of reader.entries()) {
    if (entry.kind === "episode-start") checkIs(entry, episode);
    await reading.add(entry);
  }
  return reading.finish(writer, { folder, role, episode });
}

class EpisodeReading {
  readonly #pages: EpisodePages;
  readonly #finder = new TroubleFinder();
  readonly #counter = new EpisodeCounter();
  readonly #firstCalls: { log?: CallEntry; plan?: CallEntry } = {};
  #start: EntryOf<"episode-start"> | undefined;
  #end: EntryOf<"episode-end"> | undefined;
  #step: RecordedStep | undefined;
  #progress = 0;

  constructor(pages: EpisodePages) {
    this.#pages = pages;
  }

  async add(entry: JournalEntry): Promise<void> {
    const filesBefore = this.#finder.files;
    const changes = entry.kind === "operation" ? (entry.writes ?? []) : [];
    const texts = changes.map(({ file }) => filesBefore.get(file));
    const found = this.#finder.add(entry);
    this.#counter.add(entry);
    if (entry.kind === "episode-start") this.#start = entry;
    else if (entry.kind === "episode-end") this.#end = entry;
    else if (entry.kind === "observation") await this.#observe(entry);
    else this.#step?.entries.push(entry);
    if (entry.kind === "call") this.#firstCalls[entry.phase] ??= entry;
    this.#step?.trouble.push(...found);
    if (changes.length > 0 && "stepIndex" in entry) {
      this.#step?.changes.set(
        entry,
        changes.map((change, index) => memoryChange(entry.stepIndex, change, texts[index])),
      );
    }
  }

  async finish(
    writer: FolderWriter,
    { folder, role, episode }: { folder: string; role: EpisodeMetrics["role"]; episode: ReviewableEpisode },
  ): Promise<EpisodeMetrics> {
    // After the last action the game shows where it led; that is no step of its own.
    if (this.#step !== undefined && this.#step.entries.length > 0) await this.#pages.add(this.#step, undefined);
    const start = this.#start;
    if (start === undefined) throw new ConfigError("Nothing of this episode was played.", { code: "empty-episode" });
    const { task, seed } = episode;
    await this.#pages.finish(`Steps of ${episodeKey(episode)}`);
    const metrics: EpisodeMetrics = {
      schema: "automem.evidence-episode/1",
      folder,
      role,
      task,
      seed,
      record: episode.record,
      steps: this.#end?.steps ?? this.#pages.totals.steps,
      progress: this.#end?.progress ?? this.#progress,
      rewardEvents: this.#pages.totals.rewardEvents,
      figures: this.#counter.figures(),
      trouble: this.#finder.trouble(),
    };
    const pageOf = (step: number) =>
      this.#pages.written.findLast(({ firstStep }) => firstStep <= step)?.path ?? "steps";
    const frame = { start, end: this.#end, firstCalls: this.#firstCalls };
    await writer.writeLines(`${folder}/summary.md`, summaryLines(metrics, frame));
    await writer.writeLines(`${folder}/trouble.md`, troubleLines(metrics, pageOf));
    await writer.write(`${folder}/metrics.json`, jsonText(metrics));
    for (const [index, [name, text]] of sorted(this.#finder.files).entries()) {
      await writer.writeLines(`${folder}/memory/final/${safeName(name, index)}`, brokenLines(text).flat());
    }
    return metrics;
  }

  async #observe(observation: EntryOf<"observation">): Promise<void> {
    if (this.#step !== undefined) await this.#pages.add(this.#step, observation);
    this.#progress = observation.progress;
    this.#step = {
      stepIndex: observation.stepIndex,
      observation,
      entries: [],
      changes: new Map(),
      trouble: [],
      filesBefore: new Map(this.#finder.files),
    };
  }
}

function checkIs(start: EntryOf<"episode-start">, { record, task, seed }: ReviewableEpisode): void {
  if (start.task === task && start.seed === seed) return;
  throw new ConfigError(
    `The record ${record} was named as ${task} with seed ${seed}, but it is ${start.task} with seed ${start.seed}: a review must not see it.`,
    { code: "sealed-seed", data: { record, task, seed } },
  );
}
