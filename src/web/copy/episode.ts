/** One episode into a static copy: its trace a segment at a time, the columns of its time line, its pictures. */
import { segmentsPerPack, wholeDrawings } from "../../app/copy/copied-timeline.ts";
import type { CopiedTrace } from "../../app/copy/copied-trace.ts";
import { segmentLines } from "../../app/copy/segment-lines.ts";
import type { Pictures } from "../../app/episode/pictures.ts";
import type { EpisodeReader } from "../../app/inspect.ts";
import { columnsOf, type SegmentColumns } from "../../app/timeline/columns.ts";
import { AutomemError } from "../../core/errors.ts";
import type { CopyFolder } from "./copy-folder.ts";
import { episodeFiles } from "./names.ts";

export interface CopiedEpisode {
  run: string;
  key: string;
  reader: EpisodeReader;
}

export interface EpisodeOptions {
  /** From one picture to the next; `undefined`: none. */
  picturesEvery: number | undefined;
  pictures: Pictures;
  signal: AbortSignal;
  /** Steps that are copied, of all. */
  onSteps(copied: number, of: number): void;
}

export async function copyEpisode(
  folder: CopyFolder,
  { run, key, reader }: CopiedEpisode,
  options: EpisodeOptions,
): Promise<void> {
  const files = episodeFiles(run, key);
  const { steps, end } = await reader.summary();
  const columns: SegmentColumns[] = [];
  const segments = reader.source.count();
  for (let index = 0; index < segments; index++) {
    options.signal.throwIfAborted();
    const segment = await reader.source.load(index);
    // One that was just begun has no line yet.
    if (segment === undefined) break;
    // A segment may read its entries at the first look; a value of JSON has them.
    const shown = folder.texts.inPlay({ start: segment.start, entries: segment.entries });
    columns.push(columnsOf(shown));
    await folder.write(files.segment(index), { lines: segmentLines(shown) });
    options.onSteps(Math.min(steps, shown.start.firstStep + columns.at(-1)!.steps), steps);
  }
  for (let pack = 0; pack * segmentsPerPack < columns.length; pack++) {
    const own = columns.slice(pack * segmentsPerPack, (pack + 1) * segmentsPerPack);
    await folder.write(files.pack(pack), { columns: own });
  }
  const drawings = wholeDrawings(columns, steps);
  for (const [level, drawing] of drawings.entries()) await folder.write(files.level(level), drawing);
  await folder.write(files.trace, {
    schema: "automem.copied-trace/1",
    steps,
    ended: end !== undefined,
    firstSteps: columns.map(({ firstStep }) => firstStep),
    levels: drawings.map(({ stepsPerPoint }) => stepsPerPoint),
    pictures: await copyPictures(folder, { run, key, reader }, steps, options),
  } satisfies CopiedTrace);
}

/** Until the game will draw no more; then it is said why. */
async function copyPictures(
  folder: CopyFolder,
  { run, key }: CopiedEpisode,
  steps: number,
  { picturesEvery: every, pictures, signal, onSteps }: EpisodeOptions,
): Promise<CopiedTrace["pictures"]> {
  if (every === undefined) return { every: null, why: "This copy was made without pictures." };
  const files = episodeFiles(run, key);
  for (let step = 0; step < Math.max(1, steps); step += every) {
    signal.throwIfAborted();
    let png: Uint8Array | undefined;
    try {
      png = await pictures.of(`${run}/${key}`, step, signal);
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      const why = folder.texts.inAnswer(fault.message);
      return step === 0 ? { every: null, why } : { every, why };
    }
    if (png === undefined) return { every: null, why: "This game draws nothing." };
    await folder.writeFile(`data/${files.picture(step)}`, png);
    onSteps(step, steps);
  }
  return { every, why: "" };
}
