/** One episode of a copy: read from its files, answered by the functions that the server has. */
import * as v from "valibot";
import { ColumnPack, copiedTimeline } from "../../../app/copy/copied-timeline.ts";
import { CopiedTrace, copiedReader, readCopiedSegment } from "../../../app/copy/copied-trace.ts";
import { lineHistory } from "../../../app/episode/line-history.ts";
import { searchEpisode } from "../../../app/episode/search.ts";
import { stepAnswer } from "../../../app/episode/step-answer.ts";
import type { EpisodeReader } from "../../../app/inspect.ts";
import type { TimelineWindow } from "../../../app/timeline/window.ts";
import type { Segment } from "../../../store/segment.ts";
import { LineQuery, SearchQuery, Step, searchPatienceMs, TimelineQuery } from "../../api/episode-queries.ts";
import { episodeFiles } from "../../copy/names.ts";
import { clock } from "./clock.ts";
import { readData } from "./data.ts";

const segments = new Map<string, Promise<Segment | undefined>>();
/** Decoded segments of 256 steps each. */
const mostSegments = 12;

export async function traceOf(run: string, key: string): Promise<CopiedTrace> {
  return v.parse(CopiedTrace, await readData(episodeFiles(run, key).trace));
}

export async function readerOf(run: string, key: string): Promise<EpisodeReader> {
  const files = episodeFiles(run, key);
  return copiedReader(await traceOf(run, key), (index) => {
    const name = files.segment(index);
    const reading = segments.get(name) ?? readData(name).then((value) => readCopiedSegment(value, name));
    segments.delete(name);
    segments.set(name, reading);
    const [oldest] = segments.keys();
    if (segments.size > mostSegments && oldest !== undefined) segments.delete(oldest);
    reading.catch(() => segments.delete(name));
    return reading;
  });
}

type Query = Record<string, string>;

export async function timeline(run: string, key: string, query: Query): Promise<unknown> {
  const { from, to, points, every } = v.parse(TimelineQuery, query);
  const files = episodeFiles(run, key);
  return copiedTimeline(
    await traceOf(run, key),
    { fromStep: from, toStep: to, points, stepsPerPoint: every },
    {
      pack: async (pack) => v.parse(ColumnPack, await readData(files.pack(pack))).columns,
      level: async (level) => (await readData(files.level(level))) as TimelineWindow,
    },
  );
}

export async function oneStep(run: string, key: string, step: string): Promise<unknown> {
  return stepAnswer(await readerOf(run, key), v.parse(Step, { run, episode: key, step }).step);
}

export async function search(run: string, key: string, query: Query): Promise<unknown> {
  const { words, from } = v.parse(SearchQuery, query);
  return searchEpisode(await readerOf(run, key), clock, { words, most: 200, from, patienceMs: searchPatienceMs });
}

export async function history(run: string, key: string, query: Query): Promise<unknown> {
  const { file, line, from } = v.parse(LineQuery, query);
  return lineHistory(await readerOf(run, key), clock, { file, line, from, patienceMs: searchPatienceMs });
}
