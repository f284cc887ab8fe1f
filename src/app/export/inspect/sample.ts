/** A played episode as a sample of an inspect_ai log (`EvalSample`), written piece by piece so that a long one needs no memory. */

import type { CallEntry, JournalEntry } from "../../../core/journal.ts";
import { applyEntry, type FilesByName } from "../../../core/journal-files.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { RunRecord } from "../../../core/records.ts";
import type { StepTimes } from "../../../store/times.ts";
import type { KeptEpisode } from "../../run-totals.ts";
import { EpisodeClock } from "./clock.ts";
import { EventMaker, MessagePool } from "./events.ts";
import { chatMessages } from "./messages.ts";
import { modelOutput } from "./output.ts";
import { speakerModels, usageByModel } from "./speaker-models.ts";

export interface SampleSource {
  runId: string;
  run: RunRecord;
  episode: KeptEpisode;
  /** Since 1970, UTC: when the run was made. */
  createdMs: number;
  times: readonly StepTimes[];
  /** The trace from its start, as often as it is asked for. */
  entries: () => AsyncGenerator<JournalEntry>;
}

export interface Sample {
  /** One entry of the log's `summaries.json`. */
  summary: JsonObject;
  /** The sample's JSON text. */
  text: AsyncGenerator<string>;
}

/** `undefined` if nothing of the episode was played. Reads the trace once, and three times more while `text` is read. */
export async function inspectSample(source: SampleSource): Promise<Sample | undefined> {
  const seen = await look(source.entries());
  if (seen.start === undefined) return undefined;
  const { episode, run, times, createdMs } = source;
  const { record, figures, failure, status } = episode;
  const models = speakerModels(run);
  const totalMs = times.reduce((sum, { totalMs: ms }) => sum + ms, 0);
  const usage = figures && usageByModel(models, tokensOf(figures), figures.speakers);
  const progress = record?.end.progress;
  const common = {
    id: episode.key,
    epoch: 1,
    input: seen.start.instruction,
    target: "",
    metadata: {
      task: episode.task,
      seed: episode.seed,
      status,
      attempts: episode.attempts,
      ...(record && { record: episode.recordHash ?? null, end: record.end, figures: record.figures }),
    },
    ...(progress !== undefined && { scores: { progression: { value: progress } } }),
    ...(usage && { model_usage: usage }),
    started_at: new Date(createdMs).toISOString(),
    completed_at: new Date(createdMs + totalMs).toISOString(),
    total_time: totalMs / 1000,
    working_time: totalMs / 1000,
    uuid: `${source.runId}/${episode.key}`,
  };
  const message = failure ? `${failure.code}: ${failure.message}` : `The episode is ${status}.`;
  const summary = {
    ...common,
    completed: record !== undefined,
    ...(record === undefined && { error: message }),
  };
  const sample = {
    ...common,
    output: seen.lastCall
      ? modelOutput(models[seen.lastCall.speaker], seen.lastCall, undefined)
      : { model: models.base, choices: [] },
    store: { memory: Object.fromEntries(seen.files) },
    ...(record === undefined && { error: { message, traceback: "", traceback_ansi: "" } }),
  };
  return { summary, text: sampleText(source, sample) };
}

async function* sampleText(source: SampleSource, head: JsonObject): AsyncGenerator<string> {
  const { run, createdMs, times, entries } = source;
  const models = speakerModels(run);
  yield `${json(head).slice(0, -1)},"messages":[`;
  yield* list(chatMessages(entries(), models));
  yield '],"events":[';
  yield* list(
    events(
      entries(),
      new EventMaker({ models, sampling: run.settings.sampling, clock: new EpisodeClock(createdMs, times) }),
    ),
  );
  yield '],"events_data":{"messages":[';
  yield* list(poolMessages(entries()));
  yield '],"calls":[]},"attachments":{}}';
}

async function* events(entries: AsyncIterable<JournalEntry>, maker: EventMaker): AsyncGenerator<JsonObject> {
  for await (const entry of entries) yield* maker.eventsOf(entry);
  yield* maker.finish();
}

async function* poolMessages(entries: AsyncIterable<JournalEntry>): AsyncGenerator<JsonObject> {
  for await (const entry of entries) if (entry.kind === "call") yield* MessagePool.messagesOf(entry);
}

async function* list(items: AsyncIterable<JsonObject>): AsyncGenerator<string> {
  let separator = "";
  for await (const item of items) {
    yield `${separator}${json(item)}`;
    separator = ",";
  }
}

/** Halves of surrogate pairs, which a model may write, become U+FFFD: readers in other languages refuse them. */
function json(value: JsonObject): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "string" ? inner.toWellFormed() : inner));
}

interface Seen {
  start: Extract<JournalEntry, { kind: "episode-start" }> | undefined;
  lastCall: CallEntry | undefined;
  files: FilesByName;
}

async function look(entries: AsyncIterable<JournalEntry>): Promise<Seen> {
  const seen: Seen = { start: undefined, lastCall: undefined, files: new Map() };
  for await (const entry of entries) {
    applyEntry(seen.files, entry);
    if (entry.kind === "episode-start") seen.start = entry;
    if (entry.kind === "call") seen.lastCall = entry;
  }
  return seen;
}

function tokensOf({ log, plan }: NonNullable<KeptEpisode["figures"]>) {
  const sum = (one: number | undefined, other: number | undefined) =>
    one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
  return {
    promptTokens: sum(log.promptTokens, plan.promptTokens),
    cachedTokens: sum(log.cachedTokens, plan.cachedTokens),
    generatedTokens: sum(log.generatedTokens, plan.generatedTokens),
  };
}
