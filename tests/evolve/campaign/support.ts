/** A campaign on the ring of rooms: real scaffolds in the sandbox, a made-up model that does what the prompt says, a reviewer of given packages. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { keepScaffold } from "../../../src/campaign/kept-scaffold.ts";
import { SeedPlan } from "../../../src/campaign/seed-plan.ts";
import { Spending } from "../../../src/campaign/spending.ts";
import type { ChatMessage, ChatOptions, ChatReply } from "../../../src/core/chat-model.ts";
import type { Game } from "../../../src/core/game.ts";
import type { SeedPurpose, SeedSet } from "../../../src/core/seed-set.ts";
import type { CampaignParts } from "../../../src/evolve/campaign/campaign.ts";
import type { CampaignHappening } from "../../../src/evolve/campaign/events.ts";
import type { ReviewRequest } from "../../../src/evolve/campaign/review.ts";
import type { EvidenceFolder } from "../../../src/evolve/evidence/evidence-folder.ts";
import type { Reviewer, ReviewOutcome, ReviewTask } from "../../../src/evolve/reviewer/reviewer.ts";
import { EvolveSettings } from "../../../src/evolve/settings.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { loadScaffold } from "../../../src/scaffold/load-scaffold.ts";
import type { PackageFiles } from "../../../src/scaffold/package-files.ts";
import { Store } from "../../../src/store/store.ts";
import { HashModel, RingGame } from "../../run/support.ts";

/** A package whose PLAN prompt says `advice`. */
export function packageSaying(advice: string, name = "ring"): PackageFiles {
  const manifest = {
    schema: "automem.scaffold/1",
    name,
    version: "1.0.0",
    description: "",
    licence: "MIT",
    entry: "hooks.ts",
  };
  const hooks = `import { defineScaffold } from "automem";
export default defineScaffold({
  initFiles: () => ({ "notes.md": "# Notes\\n" }),
  logPrompt: (ctx) => "LOG " + ctx.observation.long,
  planPrompt: (ctx) => "PLAN ${advice}\\n" + ctx.observation.long,
});
`;
  const encode = (text: string) => new TextEncoder().encode(text);
  return new Map([
    ["scaffold.json", encode(JSON.stringify(manifest))],
    ["hooks.ts", encode(hooks)],
  ]);
}

/** Goes on where the prompt says GO, stays where it says STAY, and else as the hash of the prompt says. */
export class ObedientModel extends HashModel {
  override async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const reply = await super.chat(messages.slice(0, 1), options);
    const asked = messages[0]?.content ?? "";
    const text = asked.includes("PLAN GO")
      ? "<|ACTION|>on<|END|>"
      : asked.includes("PLAN STAY")
        ? "<|ACTION|>stay<|END|>"
        : reply.text;
    return { ...reply, text };
  }
}

/** Proposes the given outcomes one after the other; each is asked for once, through the log. */
export class QueueReviewer implements Reviewer {
  readonly identity = { name: "queue", details: {} };
  /** Keys of the reviews that were really made, `key#mend`. */
  readonly asked: string[] = [];
  readonly tasks: ReviewTask[] = [];
  readonly #proposals: Record<string, readonly (PackageFiles | ReviewOutcome)[]>;

  /** By review key; the first is proposed, the others are mends. */
  constructor(proposals: Record<string, readonly (PackageFiles | ReviewOutcome)[]>) {
    this.#proposals = proposals;
  }

  async open(task: ReviewTask) {
    this.tasks.push(task);
    let turn = 0;
    const next = async (): Promise<ReviewOutcome> => {
      const index = turn++;
      await task.log.once(`call/${index}`, v.number(), async () => {
        this.asked.push(`${task.key}#${index}`);
        return index;
      });
      const made = this.#proposals[task.key]?.[index];
      if (made === undefined) return { kind: "none", code: "no-proposal", reason: "nothing to say" };
      if ("kind" in made) return made;
      const structuralChange = { name: `change ${task.key}`, description: "another prompt" };
      const proposal = { files: made, structuralChange, analysis: `analysis of ${task.key}`, method: "as before" };
      return { kind: "proposal", proposal };
    };
    return {
      propose: next,
      mend: next,
      transcript: () => [{ turns: turn }],
      spent: () => ({ calls: turn, promptTokens: 10 * turn, cachedTokens: 0, generatedTokens: turn }),
      close: async () => undefined,
    };
  }

  async close(): Promise<void> {
    return undefined;
  }
}

export interface RingCampaign extends CampaignParts {
  happenings: CampaignHappening[];
  requests: ReviewRequest[];
  model: ObedientModel;
}

export interface RingOptions {
  proposals: Record<string, readonly (PackageFiles | ReviewOutcome)[]>;
  settings?: Partial<v.InferInput<typeof EvolveSettings>>;
  start?: PackageFiles;
  openGame?: () => Promise<Game>;
  signal?: AbortSignal;
  model?: ObedientModel;
  check?: CampaignParts["check"];
}

/** Opens a campaign in a store, new or as it was left. */
export async function ringCampaign(folder: string, options: RingOptions): Promise<RingCampaign> {
  const store = await Store.open(join(folder, "store"));
  const settings = v.parse(EvolveSettings, {
    play: { game: "ring", model: "hash:model", tasks: ["left"], agent: { logCalls: 2, planCalls: 2 } },
    reviewer: "queue",
    revisions: 1,
    attempts: 1,
    continuations: 0,
    selectSeeds: 4,
    gate: { kind: "confirm", looks: 4, maximumPairs: 20 },
    ...options.settings,
  });
  const plan = new SeedPlan(ringSeeds, settings.selectSeeds);
  const start = await loadScaffold(options.start ?? packageSaying("as you like"));
  const reviewer = new QueueReviewer(options.proposals);
  await keepScaffold(store, start);
  const id = "ring-evolve-1";
  const record = {
    schema: "automem.campaign/1" as const,
    loop: "evolve" as const,
    settings: JSON.parse(JSON.stringify(settings)),
    game: { name: "ring", version: "1.0.0", pluginHash: "p", packages: {}, clockFrozen: null },
    model: { name: "hash:model", provider: "hash" },
    reviewer: reviewer.identity,
    scaffold: start.hash,
    tasks: ["left"],
    seeds: { select: [...plan.select], confirm: [...plan.confirm], report: [...plan.report] },
    automemVersion: "0",
  };
  const exists = (await store.campaigns.peekFile(id)) !== undefined;
  const open = exists
    ? await store.campaigns.open(id)
    : await store.campaigns.create({ id, record, createdMs: 0, commandLine: [] });
  const model = options.model ?? new ObedientModel();
  const happenings: CampaignHappening[] = [];
  const requests: ReviewRequest[] = [];
  const signal = options.signal ?? new AbortController().signal;
  const workFolder = join(folder, "work");
  mkdirSync(workFolder, { recursive: true });
  return {
    campaignId: id,
    record,
    recordHash: open.file.campaign,
    settings,
    plan,
    tasks: ["left"],
    store,
    log: await store.campaigns.openLog(id),
    clock: systemClock,
    spending: new Spending(settings.budget),
    start,
    reviewer,
    commandLine: [],
    workFolder,
    signal,
    tell: (happening) => happenings.push(happening),
    runWith: async (scaffold) => ({
      store,
      openGame: options.openGame ?? (async () => new RingGame()),
      model,
      scaffold,
      clock: systemClock,
      automemVersion: "0",
      signal,
    }),
    writeEvidence: async (request) => {
      requests.push(request);
      return { path: "", episodes: [] } as unknown as EvidenceFolder;
    },
    check: options.check ?? (async () => ({ passed: true, text: "" })),
    replay: async () => ({ passed: true, text: "" }),
    brief: () => "improve it",
    happenings,
    requests,
    model,
  };
}

function seedSet(purpose: SeedPurpose, first: number, count: number): SeedSet {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return { schema: "automem.seeds/1", game: "ring", name: purpose, purpose, note: "", seeds };
}

export const ringSeeds = {
  select: seedSet("select", 200, 6),
  confirm: seedSet("confirm", 300, 20),
  report: seedSet("report", 1, 5),
};
