/** What a campaign of `train` is given by those who make the concrete things. A fake of each is small. */
import type { Player } from "../../campaign/arena.ts";
import type { SeedPlan } from "../../campaign/seed-plan.ts";
import type { Spending } from "../../campaign/spending.ts";
import type { AdapterRecord } from "../../core/adapter.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import type { Hash } from "../../core/hash.ts";
import type { Trainer, TrainResult } from "../../core/trainer.ts";
import type { ChatExample } from "../../core/training.ts";
import type { TrainCampaignRecord } from "../../core/trial.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Store } from "../../store/store.ts";
import type { EpisodeSource } from "../candidates/read-turns.ts";
import type { TrainingSeeds } from "../candidates/training-seeds.ts";
import type { Decider } from "../decider/decider.ts";
import type { OutcomeSettings } from "../selection/outcome/settings.ts";
import type { Selector } from "../selection/selector.ts";
import type { TrainSettings } from "../settings.ts";
import type { TrainHappening } from "./events.ts";

/** Who selects, as one plan asks for it. `spent` sums what it has cost so far. */
export interface OpenSelector {
  selector: Selector;
  /** False for one that is free and chooses the same each time: its answers are not kept one by one. */
  asksModel: boolean;
  spent(): { tokens: number; money: number };
}

/** The served adapter's replies beside the trainer's own, for the same prompts. */
export interface Parity {
  equal: number;
  of: number;
}

/** Models that play: the base alone, or the base with an adapter as the memory specialist. */
export interface Stage {
  /** The player of that adapter's name; without one, the base alone. The adapter is loaded and verified when it first plays. */
  player(adapter: Hash | undefined): Player;
  /** Loads and verifies; throws as `useAdapter` does. Doing it twice is harmless. */
  serve(adapter: AdapterRecord): Promise<void>;
  /** Takes it out of memory where the server can; the record stays. */
  release(adapter: Hash): Promise<void>;
  /** Greedy replies of the adapter as served, against those of the trainer with the PEFT folder. `undefined` where a trainer cannot generate. */
  parity(
    adapter: AdapterRecord,
    trained: TrainResult,
    prompts: readonly ChatExample["prompt"][],
  ): Promise<Parity | undefined>;
}

export interface TrainParts {
  campaignId: string;
  record: TrainCampaignRecord;
  recordHash: Hash;
  settings: TrainSettings;
  plan: SeedPlan;
  tasks: readonly string[];
  store: Store;
  log: DurableLog;
  clock: Clock;
  spending: Spending;
  commandLine: readonly string[];
  signal: AbortSignal;
  /** Of this campaign alone; can be deleted once it has ended. */
  workFolder: string;
  /** Bases made from GGUF files; shared by campaigns. */
  cacheFolder: string;
  /** The weights that are trained on: a folder or a GGUF file. */
  basePath: string;
  decider: Decider;
  selectorFor(asked: { outcome: OutcomeSettings; criteria: string | undefined }): OpenSelector;
  source: EpisodeSource;
  trainingSeeds: TrainingSeeds;
  /** Started when it is first needed; one process for the campaign, started again if it was lost. */
  trainer(): Promise<Trainer>;
  stage: Stage;
  /** Reads the trained files, checks them as an import does, and keeps them. */
  keepTrained(
    trained: TrainResult,
    parents: { dataset: Hash; recipe: Hash },
  ): Promise<{ record: Hash; adapter: AdapterRecord }>;
  /** Gives a dataset the name by which it is found and kept. */
  nameDataset(dataset: Hash): void;
  tell: (happening: TrainHappening) => void;
}
