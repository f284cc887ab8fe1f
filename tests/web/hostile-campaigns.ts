/**
 * Campaigns of both loops in which everything that models, reviewers, selectors and deciders say is hostile; with them datasets, adapters, plugins
 * and checks of models whose every text is. All of it is made by the campaigns' own code, as far as that takes such texts.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ActivityWriter } from "../../src/app/activity/writer.ts";
import { openApp } from "../../src/app/app.ts";
import { keepAdapterCheck } from "../../src/app/checks/adapter-checks.ts";
import { keepModelCheck } from "../../src/app/checks/model-checks.ts";
import type { Json } from "../../src/core/json.ts";
import { runCampaign } from "../../src/evolve/campaign/campaign.ts";
import type { Reviewer } from "../../src/evolve/reviewer/reviewer.ts";
import { writeCertificate } from "../../src/plugins/certificate.ts";
import { putAdapter } from "../../src/store/adapters.ts";
import { runTrainCampaign } from "../../src/train/campaign/train-campaign.ts";
import type { Selector } from "../../src/train/selection/selector.ts";
import { packageSaying, type RingCampaign, ringCampaign } from "../evolve/campaign/support.ts";
import { RingGame } from "../run/support.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
import { planOf, type RingTraining, ringTraining } from "../train/campaign/support.ts";
import { hostile, longLine } from "./hostile-store.ts";

/** As records keep it: they refuse halves of pairs. */
const kept = hostile.toWellFormed();
/** One line, as some fields want it. */
const line = kept.replaceAll("\n", " ");
const longText = `${longLine.slice(0, 60_000)}${kept}`;
const encode = (text: string) => new TextEncoder().encode(text);

export interface HostileCampaigns {
  evolve: string;
  train: string;
  /** Its hash. */
  dataset: string;
  /** Its name. */
  adapter: string;
  /** The plugin with a certificate. */
  plugin: string;
}

/** Into a home of nothing else. Takes some seconds. */
export async function recordHostileCampaigns(home: string): Promise<HostileCampaigns> {
  const evolve = await recordEvolve(home);
  const { train, dataset, adapter } = await recordTrain(home);
  await recordChecks(home, adapter);
  return { evolve, train, dataset, adapter, plugin: await recordPlugins(home) };
}

/** A revision that is accepted, and a review that comes to nothing. */
async function recordEvolve(home: string): Promise<string> {
  const parts = await ringCampaign(home, {
    proposals: {
      r1a1c0: [hostilePackage()],
      r2a1c0: [{ kind: "none", code: "no-proposal", reason: kept }],
    },
    settings: { revisions: 2, attempts: 1 },
  });
  const writer = new ActivityWriter(parts.store.campaigns.activityPath(parts.campaignId), parts.clock);
  await runCampaign({ ...parts, reviewer: hostileReviewer(parts), tell: (happening) => writer.tell(happening) });
  for (let count = 0; count < 3; count++) writer.tell({ kind: "review-progress", key: "r1a1c0", line: kept });
  await writer.close();
  await parts.log.close();
  parts.store.close();
  return parts.campaignId;
}

function hostilePackage() {
  const own = packageSaying("GO");
  const manifest = JSON.parse(new TextDecoder().decode(own.get("scaffold.json")));
  return new Map([
    ...own,
    ["scaffold.json", encode(JSON.stringify({ ...manifest, description: line.slice(0, 400) }))],
    ["prompts/advice.md", encode(`${kept}\n${longLine.slice(0, 150_000)}\n${kept}\n`)],
  ]);
}

/** Says of the queue's packages what is hostile. */
function hostileReviewer({ reviewer }: RingCampaign): Reviewer {
  const transcript: Json[] = [
    { turn: 0, said: longText, [line.slice(0, 80)]: line.slice(0, 50), __proto__x: kept },
    { turn: 1, answer: kept, calls: [{ name: kept, arguments: { [kept]: longText } }] },
  ];
  return {
    identity: reviewer.identity,
    open: async (task) => {
      const session = await reviewer.open(task);
      return {
        ...session,
        propose: async () => {
          const made = await session.propose();
          if (made.kind !== "proposal") return made;
          const structuralChange = { name: line.slice(0, 200), description: kept.slice(0, 4_000) };
          const proposal = { ...made.proposal, structuralChange, analysis: longText, method: kept };
          return { kind: "proposal", proposal };
        },
        transcript: () => transcript,
      };
    },
    close: () => reviewer.close(),
  };
}

async function recordTrain(home: string): Promise<{ train: string; dataset: string; adapter: string }> {
  const decision = planOf([95]);
  if (decision.kind !== "plan" || decision.plan.data.kind !== "build") throw new Error("the plan builds data");
  const data = { ...decision.plan.data, criteria: kept };
  const parts = await ringTraining(home, {
    decisions: { "1.1": { ...decision, plan: { ...decision.plan, data }, reason: longText.slice(-20_000) } },
    keepScaffold: keepSomeScaffold,
    openGame: async () => showingHostile(new RingGame()),
    selectorFor: () => ({ selector: hostileSelector(), asksModel: false, spent: () => ({ tokens: 0, money: 0 }) }),
    keepTrained: (_trained, parents) => {
      const described = { rank: 1, alpha: 1, targetModules: [kept, "q_proj"], dtype: kept };
      const peft = { "adapter_config.json": encode("{}"), "adapter_model.safetensors": encode('{"share":0.95}') };
      return putAdapter(parts.store, { ...described, base: { model: line }, peft, parents });
    },
  });
  await runTrainCampaign({ ...parts, ...saying(parts) });
  await parts.log.close();
  const [dataset] = (await parts.store.refs.names()).filter((name) => name.startsWith("dataset/"));
  const [adapter] = (await parts.store.refs.names()).filter((name) => name.startsWith("adapters/"));
  parts.store.close();
  return { train: parts.campaignId, dataset: dataset!.split("/")[1]!, adapter: adapter!.split("/")[1]! };
}

/** What trains, on what, and who decides, with what was said. */
function saying({
  record,
  decider,
}: RingTraining): Pick<RingTraining, "record"> & { decider: RingTraining["decider"] } {
  const transcript: Json[] = [
    { turn: 0, said: longText },
    { answer: kept, [line.slice(0, 80)]: kept },
  ];
  const deciding = {
    identity: decider.identity,
    frames: decider.frames,
    decide: async (frame: Parameters<typeof decider.decide>[0]) => ({ ...(await decider.decide(frame)), transcript }),
    close: () => decider.close(),
  };
  const trainer = { name: line, version: line, packages: { [line]: line } };
  return {
    record: { ...record, base: { model: line }, trainer },
    decider: deciding as unknown as RingTraining["decider"],
  };
}

/** Every turn, for a hostile reason. */
function hostileSelector(): Selector {
  return {
    identity: { name: line, details: { [line]: kept } },
    batchTurns: 64,
    criteria: async () => longText,
    choose: async ({ turns }) =>
      turns.map(({ id: turn }) => ({ turn, rule: line.slice(0, 80), reason: kept.slice(0, 2_000).trim() })),
  };
}

function showingHostile(game: RingGame): RingGame {
  const [reset, step] = [game.reset.bind(game), game.step.bind(game)];
  const seen = (long: string) => ({ long: `${long}\n${hostile}`, short: hostile });
  game.reset = async (spec) => {
    const begun = await reset(spec);
    return { ...begun, observation: seen(begun.observation.long) };
  };
  game.step = async (action) => {
    const led = await step(action);
    return { ...led, observation: seen(led.observation.long) };
  };
  return game;
}

async function recordChecks(home: string, adapter: string): Promise<void> {
  const app = openApp({ ...process.env, AUTOMEM_HOME: home });
  const lines = (["ok", "warn", "fail"] as const).map((status) => ({
    name: line.slice(0, 3_500) + status,
    status,
    found: status === "fail" ? longText : kept,
    cost: kept,
  }));
  await keepModelCheck(app, { model: line, digest: line, reachable: true, lines });
  const figures = { method: "greedy-text", apart: 0.5, mixed: 0, control: 0, passed: false } as const;
  await keepAdapterCheck(app, { name: line, provider: "x", digest: line }, adapter, figures);
}

/** One with a certificate, one whose manifest is damaged and says so. */
async function recordPlugins(home: string): Promise<string> {
  const hash = "a".repeat(64);
  const sentence = line.slice(0, 400);
  const manifest = {
    schema: "automem.plugin/1",
    kind: "game",
    version: "1.0.0",
    protocolVersion: 1,
    title: sentence,
    description: sentence,
    licence: sentence,
    entry: { runtime: "bun", script: "a.ts" },
    options: [{ name: line, description: sentence, default: kept }],
  };
  for (const [name, more] of [
    ["constructor", {}],
    ["broken", { [line]: kept }],
  ] as const) {
    const root = join(home, "plugins", name);
    await mkdir(join(root, "builds", "b", "source"), { recursive: true });
    const record = { schema: "automem.installed/1", name, version: line, kind: "game", origin: line, build: "b" };
    const installed = { ...record, contentHash: hash, sdkHash: null, automemVersion: line, installedAt: line };
    await writeFile(join(root, "installed.json"), JSON.stringify(installed));
    await writeFile(join(root, "builds", "b", "source", "plugin.json"), JSON.stringify({ ...manifest, name, ...more }));
  }
  await writeCertificate(join(home, "plugins", "constructor", "certificate.json"), {
    schema: "automem.certificate/1",
    plugin: "constructor",
    version: line,
    kind: "game",
    contentHash: hash,
    automemVersion: line,
    platform: line,
    date: line,
    passed: false,
    packages: { [line]: line },
    checks: [{ name: line, sentence: kept, status: "failed", detail: longText }],
    determinism: {
      clockFrozen: null,
      notes: [longText],
      episodes: [{ task: line, seed: 1, steps: 1, hash, equal: false, difference: longText }],
    },
  });
  return "constructor";
}
