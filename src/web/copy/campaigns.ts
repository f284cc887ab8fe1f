/** Campaigns, datasets, adapters and what is installed into a static copy: the server's answers, those about what was not chosen left out. */
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import { campaignOverview, describedScaffold, isEvolve } from "../../app/evolve/campaigns.ts";
import { type Asker, copyAnswer, type KeptAnswer } from "./asker.ts";
import type { Chosen } from "./chosen.ts";
import type { CopyFolder } from "./copy-folder.ts";
import { answerFile, itemsFile, itemsPerFile, scaffoldFile, turnsFile } from "./names.ts";

const Loops = v.object({
  loop: v.string(),
  evolve: v.optional(v.object({ nodes: v.array(v.object({ key: v.string(), revision: v.optional(v.string()) })) })),
  train: v.optional(v.object({ trials: v.array(v.object({ key: v.string(), record: v.optional(v.unknown()) })) })),
});

export async function copyCampaigns(app: App, ask: Asker, folder: CopyFolder, { campaigns }: Chosen): Promise<void> {
  const chosen = new Set(campaigns);
  await copyList(ask, folder, "/campaigns", "campaigns", ({ id }) => chosen.has(String(id)));
  for (const id of campaigns) {
    const path = `/campaigns/${id}`;
    const { status, body } = await copyAnswer(ask, folder, path);
    if (status !== 200) continue;
    const { evolve, train } = v.parse(Loops, body);
    const revisions = evolve?.nodes.filter(({ revision }) => revision !== undefined).map(({ key }) => key) ?? [];
    for (const key of revisions) await copyAnswer(ask, folder, `${path}/revisions/${key}`);
    for (const { key, record } of train?.trials ?? []) {
      if (record !== undefined) await copyAnswer(ask, folder, `${path}/trials/${key}`);
    }
    for (const { key } of evolve?.nodes ?? train?.trials ?? [])
      await copyAnswer(ask, folder, `${path}/transcripts/${key}`);
    await copyAnswer(ask, folder, `${path}/activity`);
    if (train !== undefined) await copyAnswer(ask, folder, `${path}/configurations`);
    if (evolve !== undefined) await copyScaffolds(app, folder, id);
  }
}

/** Each once; what changed between any two of them the page tells. */
async function copyScaffolds(app: App, folder: CopyFolder, id: string): Promise<void> {
  const campaign = await findCampaign(app, id);
  if (campaign === undefined || !isEvolve(campaign)) return;
  const { nodes } = await campaignOverview(app, campaign);
  for (const key of ["start", ...nodes.flatMap((node) => (node.scaffold === undefined ? [] : [node.key]))]) {
    const described = await describedScaffold(app, campaign, nodes, key);
    await folder.write(scaffoldFile(id, key), folder.texts.inAnswer(described));
  }
}

const Adapters = v.object({ adapters: v.array(v.object({ name: v.string(), parents: v.optional(v.unknown()) })) });
const Turns = v.object({ turns: v.array(v.unknown()), total: v.number() });
const mostTurns = 500;

export async function copyTraining(
  ask: Asker,
  folder: CopyFolder,
  { whole, datasets }: Chosen,
  onProgress: (line: string) => void,
): Promise<void> {
  const chosen = new Set(datasets);
  await copyList(ask, folder, "/datasets", "datasets", ({ hash }) => chosen.has(String(hash)));
  const isOurs = ({ parents }: Readonly<Record<string, unknown>>) => {
    const { dataset } = (parents ?? {}) as { dataset?: unknown };
    return whole || chosen.has(String(dataset));
  };
  await copyList(ask, folder, "/adapters", "adapters", isOurs);
  const { adapters } = v.parse(Adapters, await ask.body("/adapters"));
  for (const { name } of adapters.filter(isOurs)) {
    await copyAnswer(ask, folder, `/adapters/${name}`);
    // Reads each episode that it learned from.
    onProgress(`lineage of adapter ${name.slice(0, 12)}`);
    await copyAnswer(ask, folder, `/adapters/${name}/lineage`);
  }
  for (const hash of datasets) {
    const { status } = await copyAnswer(ask, folder, `/datasets/${hash}`);
    if (status !== 200) continue;
    const items = await copyTurns(ask, folder, hash, "items");
    await copyTurns(ask, folder, hash, "set-aside");
    for (let from = 0; from < items; from += itemsPerFile) {
      const answers: KeptAnswer[] = [];
      for (let item = from; item < Math.min(items, from + itemsPerFile); item++)
        answers.push(await ask.answer(`/datasets/${hash}/items/${item}`));
      await folder.write(itemsFile(hash, from), { answers: folder.texts.inAnswer(answers) });
    }
  }
}

/** All lines in one file, which the page filters; how many there are. */
async function copyTurns(
  ask: Asker,
  folder: CopyFolder,
  dataset: string,
  show: "items" | "set-aside",
): Promise<number> {
  const all: unknown[] = [];
  for (;;) {
    const path = `/datasets/${dataset}/turns?show=${show}&from=${all.length}&count=${mostTurns}`;
    const { turns, total } = v.parse(Turns, await ask.body(path));
    all.push(...turns);
    if (all.length >= total || turns.length === 0) break;
  }
  await folder.write(turnsFile(dataset, show), { turns: folder.texts.inAnswer(all) });
  return all.length;
}

/** What is installed belongs to a copy of all, not to one of a few runs. */
export async function copyWhole(ask: Asker, folder: CopyFolder): Promise<void> {
  for (const path of ["/plugins", "/models"]) await copyAnswer(ask, folder, path);
}

/** A list without what was not chosen. */
async function copyList(
  ask: Asker,
  folder: CopyFolder,
  path: string,
  field: string,
  isChosen: (row: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  const body = v.parse(v.record(v.string(), v.array(v.record(v.string(), v.unknown()))), await ask.body(path));
  const rows = (body[field] ?? []).filter(isChosen);
  await folder.write(answerFile(path)!, { status: 200, body: folder.texts.inAnswer({ ...body, [field]: rows }) });
}
