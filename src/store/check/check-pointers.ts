/** Reads what points into the objects: refs, run files, states of episodes, and the journals of episodes under way. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { StoreError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import { adapterOfRef } from "../adapter-refs.ts";
import { readCampaignLog } from "../campaign-log.ts";
import { CampaignFile } from "../campaigns.ts";
import { parseChecked } from "../checked-json.ts";
import { isMissing, storeFault } from "../fault.ts";
import { listFiles } from "../list-files.ts";
import { RefFile } from "../refs.ts";
import { EpisodeState, RunFile, runFileIndent } from "../run-files.ts";
import { episodeKey } from "../run-id.ts";
import type { Store } from "../store.ts";
import { checkJournal } from "./check-journal.ts";
import type { EpisodePlace, Remark } from "./report.ts";

/** What has a name and may point to a record. */
export interface Pointer {
  path: string;
  ref?: string;
  run?: string;
  episode?: EpisodePlace;
  campaign?: string;
  /** Kinds of record, one of which it must point to, where that is known. */
  kinds?: readonly string[];
  /** Absent if it points to none, or cannot be read. */
  record?: Hash;
  /** Blobs it needs beside. */
  blobs?: Hash[];
}

export interface PointerCheck {
  pointers: Pointer[];
  damage: { path: string; problem: string; pointer: Pointer }[];
  journals: number;
  unchecked: number;
  remarks: Remark[];
}

/** Of both loops. */
const campaignKinds = ["automem.campaign/1", "automem.train-campaign/1"];
const endKinds = ["automem.campaign-end/1", "automem.train-end/1"];

/** Changes nothing. Beside a process that plays, what it just finished may be seen before or after. */
export async function checkPointers(store: Store): Promise<PointerCheck> {
  const found: PointerCheck = { pointers: [], damage: [], journals: 0, unchecked: 0, remarks: [] };
  for (const { path } of await listFiles(join(store.folder, "refs"))) {
    if (/^[^.]+\.json$/.test(path)) {
      const ref = path.slice(0, -5);
      const ofAdapter = adapterOfRef(ref) === undefined ? {} : { kinds: ["automem.adapter/1"] };
      const pointer: Pointer = { path: `refs/${path}`, ref, ...ofAdapter };
      const value = await readPointer(store, found, pointer, RefFile, undefined);
      if (value !== undefined) pointer.record = value.record;
    } else if (!path.startsWith(".lock")) found.remarks.push({ path: `refs/${path}`, remark: "not a ref" });
  }
  for (const id of await store.runs.ids()) await checkRun(store, found, id);
  for (const id of await store.campaigns.ids()) await checkCampaign(store, found, id);
  return found;
}

async function checkRun(store: Store, found: PointerCheck, id: string): Promise<void> {
  const pointer: Pointer = { path: `runs/${id}/run.json`, run: id, kinds: ["automem.run/1"] };
  const file = await readPointer(store, found, pointer, RunFile, runFileIndent);
  if (file !== undefined) pointer.record = file.run;
  else if (!found.damage.some(({ path }) => path === pointer.path)) {
    found.damage.push({ path: pointer.path, problem: "it is missing", pointer });
  }
  const folderOfRun = store.runs.folder(id);
  const keys = new Set(await folderOfRun.startedKeys());
  for (const { path } of await listFiles(folderOfRun.episodesFolder())) {
    const [first = "", second] = path.split("/");
    if (second !== undefined) keys.add(first);
    else if (!first.endsWith(".json"))
      found.remarks.push({ path: `runs/${id}/episodes/${path}`, remark: "a stray file" });
  }
  for (const key of [...keys].sort()) await checkEpisode(store, found, { run: id, key });
}

async function checkCampaign(store: Store, found: PointerCheck, id: string): Promise<void> {
  const pointer: Pointer = { path: `campaigns/${id}/campaign.json`, campaign: id, kinds: campaignKinds };
  const file = await readPointer(store, found, pointer, CampaignFile, 1);
  if (file !== undefined) pointer.record = file.campaign;
  else if (!found.damage.some(({ path }) => path === pointer.path)) {
    found.damage.push({ path: pointer.path, problem: "it is missing", pointer });
  }
  const log: Pointer = { path: `campaigns/${id}/log.jsonl`, campaign: id };
  try {
    const { lines, soundBytes, totalBytes } = await readCampaignLog(join(store.folder, log.path));
    log.blobs = lines.flatMap((line) => ("blob" in line ? [line.blob] : []));
    found.pointers.push(log);
    const end = lines.find(({ name }) => name === "end");
    const ended = end !== undefined && "value" in end ? v.safeParse(v.object({ record: Hash }), end.value) : undefined;
    if (ended?.success) {
      found.pointers.push({ ...log, blobs: [], record: ended.output.record, kinds: endKinds });
    }
    if (soundBytes < totalBytes) found.remarks.push({ path: log.path, remark: "a torn last line: work still owed" });
  } catch (fault) {
    if (!(fault instanceof StoreError) || fault.code !== "corrupt-campaign-log") throw fault;
    found.pointers.push(log);
    found.damage.push({ path: log.path, problem: fault.message, pointer: log });
  }
}

async function checkEpisode(store: Store, found: PointerCheck, episode: EpisodePlace): Promise<void> {
  const { run, key } = episode;
  const base = `runs/${run}/episodes/${key}`;
  const pointer: Pointer = { path: `${base}.json`, run, episode, kinds: ["automem.episode/1"] };
  const folder = store.runs.folder(run).journalFolder(key);
  // A journal that vanishes under the reader was turned into a record, or a part of it sealed; the second look tells.
  for (let look = 1; ; look++) {
    const damagesBefore = found.damage.length;
    const state = await readPointer(store, found, pointer, EpisodeState, runFileIndent, look === 1);
    const journal = await checkJournal(folder);
    const busy = journal.damage.length > 0 && look < 4 && store.runs.folder(run).holder() !== undefined;
    if (busy) {
      found.damage.length = damagesBefore;
      continue;
    }
    if (state !== undefined && (state.status === "finished") !== (state.record !== undefined)) {
      found.damage.push({
        path: pointer.path,
        problem: "it is finished without a record, or not finished with one",
        pointer,
      });
    }
    if (state !== undefined && episodeKey(state) !== key) {
      found.damage.push({ path: pointer.path, problem: `it is of episode ${episodeKey(state)}`, pointer });
    }
    if (state?.record !== undefined) pointer.record = state.record;
    const files = (await listFiles(folder)).length;
    if (files > 0) found.journals++;
    if (files > 0 && state === undefined && !found.damage.some(({ path }) => path === pointer.path)) {
      found.damage.push({ path: pointer.path, problem: "it is missing, but there is a journal", pointer });
    }
    found.unchecked += journal.unchecked;
    for (const { name, problem } of journal.damage) {
      found.damage.push({ path: name === "" ? base : `${base}/${name}`, problem, pointer });
    }
    for (const { name, remark } of journal.remarks) found.remarks.push({ path: `${base}/${name}`, remark });
    return;
  }
}

/** The content of a pointer's file; a damaged one is noted. `undefined` also if it is not there. */
async function readPointer<Schema extends v.GenericSchema>(
  store: Store,
  found: PointerCheck,
  pointer: Pointer,
  schema: Schema,
  indent: number | undefined,
  first = true,
): Promise<v.InferOutput<Schema> | undefined> {
  if (first) found.pointers.push(pointer);
  const path = join(store.folder, pointer.path);
  let text: string;
  try {
    // Bytes that are no UTF-8 would be replaced in silence otherwise.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (!(cause instanceof TypeError)) throw storeFault(cause, "read a pointer", path);
    found.damage.push({ path: pointer.path, problem: "it is not UTF-8", pointer });
    return undefined;
  }
  const read = parseChecked(text, schema, indent);
  if ("problem" in read) {
    found.damage.push({ path: pointer.path, problem: read.problem, pointer });
    return undefined;
  }
  if (!read.checked && first) found.unchecked++;
  return read.value;
}
