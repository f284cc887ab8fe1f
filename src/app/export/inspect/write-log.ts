/**
 * A run as a log of inspect_ai (https://inspect.aisi.org.uk/eval-logs.html): a zip of `_journal/start.json`, `samples/ID_epoch_1.json`,
 * `summaries.json` and `header.json`. Layout: inspect_ai 0.3.285, `src/inspect_ai/log/_recorders/eval.py`.
 */
import { createWriteStream } from "node:fs";
import { Readable, Writable } from "node:stream";
import type { JsonObject } from "../../../core/json.ts";
import type { OpenRun } from "../../../store/runs.ts";
import type { App } from "../../app.ts";
import { type KeptEpisode, runTotals } from "../../run-totals.ts";
import { type HeaderSource, inspectHeader, inspectStart } from "./header.ts";
import { inspectSample } from "./sample.ts";

/** Characters put together before they are compressed. */
const chunkCharacters = 65_536;

/** Writes the log; episodes of which nothing was played have no sample and count as missing. Throws the system's errors. */
export async function writeInspectLog(
  app: App,
  run: OpenRun,
  episodes: readonly KeptEpisode[],
  path: string,
): Promise<void> {
  const { configure, ZipWriter } = await import("@zip.js/zip.js");
  configure({ useWebWorkers: false });
  const file = createWriteStream(path);
  const zip = new ZipWriter(Writable.toWeb(file), {
    lastModDate: new Date(run.file.created),
    extendedTimestamp: false,
  });
  const add = async (name: string, text: AsyncIterable<string>) => void (await zip.add(name, byteStream(text)));
  const source = await headerSource(app, run, episodes);
  await add("_journal/start.json", whole(inspectStart(source)));
  const summaries: JsonObject[] = [];
  for (const episode of episodes) {
    if (episode.status === "not started") continue;
    const reader = await (await app.store()).readEpisode(run.folder.id, episode.key);
    const sample = await inspectSample({
      runId: run.folder.id,
      run: run.record,
      episode,
      createdMs: Date.parse(run.file.created),
      times: await run.folder.times(episode.key),
      entries: () => reader.entries(),
    });
    if (sample === undefined) continue;
    await add(`samples/${episode.key}_epoch_1.json`, sample.text);
    summaries.push(sample.summary);
  }
  await add("summaries.json", whole(summaries));
  await add("header.json", whole(inspectHeader(source)));
  await zip.close();
}

async function headerSource(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<HeaderSource> {
  const { manifest } = await (await app.store()).records.get(run.record.scaffold, "automem.scaffold-record/1");
  return {
    id: run.folder.id,
    created: run.file.created,
    run: run.record,
    scaffold: `${manifest.name} ${manifest.version}`,
    episodes,
    totals: await runTotals(app, run, episodes),
    automemVersion: run.record.automemVersion,
  };
}

async function* whole(value: JsonObject | JsonObject[]): AsyncGenerator<string> {
  yield JSON.stringify(value);
}

/** Text as bytes, in pieces of a size worth compressing. */
function byteStream(text: AsyncIterable<string>): ReadableStream<Uint8Array> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    let pieces: string[] = [];
    let characters = 0;
    for await (const piece of text) {
      pieces.push(piece);
      characters += piece.length;
      if (characters < chunkCharacters) continue;
      yield encoder.encode(pieces.join(""));
      pieces = [];
      characters = 0;
    }
    yield encoder.encode(pieces.join(""));
  }
  return Readable.toWeb(Readable.from(bytes())) as unknown as ReadableStream<Uint8Array>;
}
