/** Runs and evaluations, which are episodes: each is played again. */
import type { EvaluationRecord } from "../../core/campaign.ts";
import type { Hash } from "../../core/hash.ts";
import type { OpenRun } from "../../store/runs.ts";
import { episodeAgain } from "./episode.ts";
import { compared, type FieldCheck, notDoneAgain, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

/** A run by its folder: its finished episodes. */
export async function runAgain(shop: Workshop, run: OpenRun): Promise<Reproduction> {
  const finished: { key: string; record: Hash }[] = [];
  for (const { key } of run.episodes) {
    const record = (await run.folder.peekState(key))?.record;
    if (record !== undefined) finished.push({ key, record });
  }
  const { record, episodes, folder, file } = run;
  const owed = episodes.length - finished.length;
  const checks: FieldCheck[] = owed === 0 ? [] : [remark("episodes", `${owed} of ${episodes.length} are not finished`)];
  if (finished.length === 0) checks.push(notDoneAgain("episodes", "The run has no finished episode."));
  const parts: Reproduction[] = [];
  for (const [index, { key, record: episode }] of finished.entries()) {
    shop.checkStop();
    shop.tell(`episode ${key} (${index + 1} of ${finished.length})`);
    checks.push(...(await asPlanned(shop, run, episode, key)));
    parts.push(await partOf(shop, episode));
  }
  const title = `${folder.id}, ${record.game.name} with ${record.model.name}`;
  return reproduction({ record: file.run, kind: "run", title }, checks, parts);
}

/** All runs that set out to do the same; `hash` is of their record. */
export async function runsOf(shop: Workshop, hash: Hash): Promise<OpenRun[]> {
  const { runs } = shop.store;
  const found: OpenRun[] = [];
  for (const id of await runs.ids()) {
    const run = await runs.open(id);
    if (run.file.run === hash) found.push(run);
  }
  return found;
}

/** Scores as recorded, and each episode played again. */
export async function evaluationAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const evaluation = await shop.store.records.get(hash, "automem.evaluation/1");
  const { purpose, episodes, adapter } = evaluation;
  const checks = await evaluationChecks(shop, evaluation);
  const parts: Reproduction[] = [];
  for (const [index, { record, task, seed }] of episodes.entries()) {
    if (record === undefined) continue;
    shop.checkStop();
    shop.tell(`episode ${task}, seed ${seed} (${index + 1} of ${episodes.length})`);
    parts.push(await partOf(shop, record));
  }
  const who = adapter === undefined ? "" : `, adapter ${adapter.slice(0, 12)}`;
  const title = `${purpose} seeds, ${episodes.length} episodes${who}`;
  return reproduction({ record: hash, kind: "evaluation", title }, checks, parts);
}

/** That an evaluation says of its episodes what they say themselves. */
export async function evaluationChecks(shop: Workshop, evaluation: EvaluationRecord): Promise<FieldCheck[]> {
  const { episodes, scaffold, adapter, purpose } = evaluation;
  return shop.attempt(`scores, ${purpose}`, async () => {
    const said: unknown[] = [];
    const found: unknown[] = [];
    for (const { task, seed, record, progress } of episodes) {
      said.push(record === undefined ? { task, seed } : { task, seed, progress, scaffold, adapter });
      if (record === undefined) found.push({ task, seed });
      else {
        const own = await shop.store.records.get(record, "automem.episode/1");
        const { task, seed, end, scaffold, specialist } = own;
        // Without an adapter of its own, an evaluation is of the campaign's models, whichever they were.
        const played = adapter === undefined ? undefined : specialist?.adapter;
        found.push({ task, seed, progress: end.progress, scaffold, adapter: played });
      }
    }
    const missing = episodes.filter(({ record }) => record === undefined).length;
    const shown = `${episodes.length - missing} episodes${missing === 0 ? "" : `, ${missing} missing`}`;
    return [compared(`scores, ${purpose}`, said, found, shown)];
  });
}

/** The record of a run, which says what was planned, against the episode's. */
async function asPlanned(shop: Workshop, { record }: OpenRun, hash: Hash, key: string): Promise<FieldCheck[]> {
  return shop.attempt(key, async () => {
    const episode = await shop.store.records.get(hash, "automem.episode/1");
    const check = compared(
      `${key}, as planned`,
      { scaffold: record.scaffold, game: record.game.name, model: record.model.name },
      { scaffold: episode.scaffold, game: episode.game.name, model: episode.model.name },
    );
    return check.standing === "equal" ? [] : [check];
  });
}

async function partOf(shop: Workshop, hash: Hash): Promise<Reproduction> {
  let part: Reproduction | undefined;
  const failed = await shop.attempt("record", async () => {
    part = await episodeAgain(shop, hash);
    return [];
  });
  return part ?? reproduction({ record: hash, kind: "episode", title: "cannot be read" }, failed);
}
