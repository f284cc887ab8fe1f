/** A campaign of `train` on the ring of rooms: a real store, made-up models and trainer, a decider of given decisions. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { SeedPlan } from "../../../src/campaign/seed-plan.ts";
import { Spending } from "../../../src/campaign/spending.ts";
import { type AdapterRecord, peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import type { Game } from "../../../src/core/game.ts";
import type { Hash } from "../../../src/core/hash.ts";
import type { SeedPurpose, SeedSet } from "../../../src/core/seed-set.ts";
import { Recipe, type Trainer } from "../../../src/core/trainer.ts";
import type { TrainCampaignRecord } from "../../../src/core/trial.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { findAdapter, type NewAdapter, putAdapter } from "../../../src/store/adapters.ts";
import type { CampaignLog } from "../../../src/store/campaign-log.ts";
import { Store } from "../../../src/store/store.ts";
import type { TrainHappening } from "../../../src/train/campaign/events.ts";
import type { Parity, Stage, TrainParts } from "../../../src/train/campaign/parts.ts";
import { TrainingSeeds } from "../../../src/train/candidates/training-seeds.ts";
import { DatasetSettings } from "../../../src/train/dataset/settings.ts";
import { type Decider, Decision, type DecisionFrame } from "../../../src/train/decider/decider.ts";
import { OutcomeSelector } from "../../../src/train/selection/outcome/outcome.ts";
import { OutcomeSettings } from "../../../src/train/selection/outcome/settings.ts";
import { TrainSettings } from "../../../src/train/settings.ts";
import { RingGame, ringScaffold } from "../../run/support.ts";
import { FakeTrainer, Weights } from "./fake-trainer.ts";
import { RingModel } from "./ring-model.ts";

type Asked = Decision | ((frame: DecisionFrame) => Decision);

/** Decides as it is told, by `ROUND.TRIAL`; what it is not told of is done. */
export class QueueDecider implements Decider {
  readonly identity = { name: "queue", details: {} };
  readonly frames: DecisionFrame[] = [];
  readonly #decisions: Record<string, Asked>;

  constructor(decisions: Record<string, Asked>) {
    this.#decisions = decisions;
  }

  async decide(frame: DecisionFrame) {
    this.frames.push(frame);
    const asked = this.#decisions[`${frame.round}.${frame.trial}`] ?? { kind: "done", reason: "nothing is left" };
    const decision = typeof asked === "function" ? asked(frame) : asked;
    return { decision, spent: { tokens: 100, money: 0 } };
  }

  async close(): Promise<void> {
    return undefined;
  }
}

/** A trial of new data, with a configuration for each rank; a rank is how good the adapter gets, in per cent. */
export function planOf(
  ranks: readonly number[],
  changes: { episodes?: "round" | "all"; seed?: number } = {},
): Decision {
  const data = { kind: "build" as const, dataset: {}, outcome: {}, episodes: changes.episodes ?? ("round" as const) };
  return v.parse(Decision, {
    kind: "plan",
    plan: {
      data: { ...data, dataset: v.parse(DatasetSettings, { seed: changes.seed ?? 0 }) },
      recipes: recipes(ranks),
    },
    reason: `ranks ${ranks.join(" and ")} look promising`,
  });
}

export function reuseOf(dataset: Hash, ranks: readonly number[]): Decision {
  const plan = { data: { kind: "reuse" as const, dataset }, recipes: recipes(ranks) };
  return { kind: "plan", plan, reason: "the data was good" };
}

function recipes(ranks: readonly number[]): Recipe[] {
  return ranks.map((rank) => v.parse(Recipe, { rank }));
}

export interface RingTraining extends TrainParts {
  log: CampaignLog;
  decider: QueueDecider;
  happenings: TrainHappening[];
  model: RingModel;
  fakeTrainer: FakeTrainer;
  released: Hash[];
  /** What was told last before each release. */
  releasedAfter: string[];
  served: Hash[];
}

export interface RingOptions {
  decisions: Record<string, Asked>;
  settings?: Partial<v.InferInput<typeof TrainSettings>>;
  /** How often the base alone goes on, in per cent. */
  base?: number;
  /** The specialist to start from, likewise. */
  start?: number;
  before?: (calls: number) => void;
  onStep?: ConstructorParameters<typeof FakeTrainer>[0];
  trainer?: () => Promise<Trainer>;
  openGame?: () => Promise<Game>;
  signal?: AbortSignal;
  /** Before an adapter plays. */
  enter?: (adapter: Hash) => void;
  serve?: (adapter: AdapterRecord) => void;
  parity?: Stage["parity"];
  keepTrained?: TrainParts["keepTrained"];
  selectorFor?: TrainParts["selectorFor"];
  /** Keeps the scaffold that is played with, where pages want to read it. */
  keepScaffold?: (store: Store) => Promise<Hash>;
}

export const campaignId = "ring-train-1";

/** Opens a campaign in a store, new or as it was left. */
export async function ringTraining(folder: string, options: RingOptions): Promise<RingTraining> {
  const store = await Store.open(join(folder, "store"));
  const settings = v.parse(TrainSettings, {
    play: { game: "ring", model: "hash:model", tasks: ["left"], agent: { logCalls: 1, planCalls: 3 } },
    collection: { seeds: 3 },
    trials: 1,
    patience: 0,
    selectSeeds: 4,
    parityPrompts: 3,
    gate: { kind: "confirm", looks: 4, maximumPairs: 12 },
    ...options.settings,
  });
  const plan = new SeedPlan(ringSeeds, settings.selectSeeds);
  const start = options.start === undefined ? undefined : await putAdapter(store, newAdapter(options.start, "start"));
  const decider = new QueueDecider(options.decisions);
  const scaffold = ringScaffold();
  if (options.keepScaffold !== undefined) Object.assign(scaffold, { hash: await options.keepScaffold(store) });
  const record: TrainCampaignRecord = {
    schema: "automem.train-campaign/1",
    loop: "train",
    settings: JSON.parse(JSON.stringify(settings)),
    game: { name: "ring", version: "1.0.0", pluginHash: "p", packages: {}, clockFrozen: null },
    model: { name: "hash:model", provider: "hash" },
    ...(start && { specialist: start.adapter.name }),
    base: { model: "hash:model" },
    scaffold: scaffold.hash,
    selector: { name: "outcome", details: {} },
    decider: decider.identity,
    trainer: { name: "fake", version: "1.0.0", packages: {} },
    tasks: ["left"],
    seeds: {
      train: [...plan.train],
      select: [...plan.select],
      confirm: [...plan.confirm],
      report: [...plan.report],
    },
    automemVersion: "0",
  };
  const exists = (await store.campaigns.peekFile(campaignId)) !== undefined;
  const open = exists
    ? await store.campaigns.open(campaignId)
    : await store.campaigns.create({ id: campaignId, record, createdMs: 0, commandLine: [] });
  const model = new RingModel((options.base ?? 30) / 100, options.before);
  const fakeTrainer = new FakeTrainer(options.onStep);
  const happenings: TrainHappening[] = [];
  const signal = options.signal ?? new AbortController().signal;
  const workFolder = join(folder, "work");
  mkdirSync(workFolder, { recursive: true });
  const names = new Set<Hash>();
  const served: Hash[] = [];
  const released: Hash[] = [];
  const releasedAfter: string[] = [];
  const load = async (name: Hash) => {
    const { adapter } = await findAdapter(store, name);
    const weights = await store.blobs.getText(adapter.peft![peftWeightsFile]);
    model.load(name, v.parse(Weights, JSON.parse(weights)).share);
  };
  const stage: Stage = {
    player: (adapter) => ({
      name: adapter ?? "base-alone",
      scaffold: scaffold.hash,
      dependencies: async () => {
        if (adapter !== undefined) {
          options.enter?.(adapter);
          await load(adapter);
        }
        return {
          store,
          openGame: options.openGame ?? (async () => new RingGame()),
          model,
          ...(adapter && { specialist: { model, adapter } }),
          scaffold,
          clock: systemClock,
          automemVersion: "0",
          signal,
        };
      },
    }),
    serve: async (adapter) => {
      served.push(adapter.name);
      options.serve?.(adapter);
      await load(adapter.name);
    },
    release: async (adapter) => {
      released.push(adapter);
      releasedAfter.push(happenings.at(-1)?.kind ?? "");
      model.unload(adapter);
    },
    parity:
      options.parity ??
      (async (_adapter, _trained, prompts): Promise<Parity> => ({ equal: prompts.length, of: prompts.length })),
  };
  return {
    campaignId,
    record,
    recordHash: open.file.campaign,
    settings,
    plan,
    tasks: ["left"],
    store,
    log: await store.campaigns.openLog(campaignId),
    clock: systemClock,
    spending: new Spending(settings.budget),
    commandLine: [],
    signal,
    workFolder,
    cacheFolder: join(folder, "cache"),
    basePath: "base.gguf",
    decider,
    selectorFor:
      options.selectorFor ??
      (({ outcome }) => ({
        selector: new OutcomeSelector(outcome),
        asksModel: false,
        spent: () => ({ tokens: 0, money: 0 }),
      })),
    source: { store, operations: async () => [] },
    trainingSeeds: new TrainingSeeds(ringSeeds.train, [ringSeeds.select, ringSeeds.confirm, ringSeeds.report]),
    trainer: options.trainer ?? (async () => fakeTrainer),
    stage,
    keepTrained:
      options.keepTrained ??
      (async (trained, parents) => {
        const read = (file: string) => new Uint8Array(readFileSync(join(trained.adapter.folder, file)));
        const peft = { [peftConfigFile]: read(peftConfigFile), [peftWeightsFile]: read(peftWeightsFile) };
        return putAdapter(store, { ...shape, peft, parents });
      }),
    nameDataset: (dataset) => {
      names.add(dataset);
      const name = `dataset/${dataset}`;
      if (store.refs.get(name) === undefined) store.refs.move(name, undefined, dataset);
    },
    tell: (happening) => happenings.push(happening),
    happenings,
    model,
    fakeTrainer,
    released,
    releasedAfter,
    served,
  };
}

export const outcomeDefaults = v.parse(OutcomeSettings, {});

const shape = { base: { model: "hash:model" }, rank: 1, alpha: 1, targetModules: ["q_proj"], dtype: "F32" };

function newAdapter(percent: number, name: string): NewAdapter {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const peft = { [peftConfigFile]: encode({ name }), [peftWeightsFile]: encode({ share: percent / 100 }) };
  return { ...shape, peft };
}

function seedSet(purpose: SeedPurpose, first: number, count: number): SeedSet {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return { schema: "automem.seeds/1", game: "ring", name: purpose, purpose, note: "", seeds };
}

export const ringSeeds = {
  train: seedSet("train", 400, 8),
  select: seedSet("select", 200, 6),
  confirm: seedSet("confirm", 300, 20),
  report: seedSet("report", 1, 5),
};
