/** Deciders by name; the one that is a model over the OpenAI provider, against a scripted tool-calling server on loopback. */
import { afterEach, describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { openApp } from "../../../src/app/app.ts";
import { openDecider } from "../../../src/app/train/deciders.ts";
import { resolveTrainSettings, type TrainFile } from "../../../src/app/train/train-file.ts";
import { DecisionSettings } from "../../../src/train/decider/settings.ts";
import { TrainSettings } from "../../../src/train/settings.ts";
import { type ServerReply, startToolServer, type ToolServer } from "../../e2e/tool-server.ts";
import { datasetOf, frameOf } from "../../train/decider/support.ts";

let server: ToolServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A home that is never made: nothing here reads or writes one. */
const app = openApp({ AUTOMEM_HOME: join(tmpdir(), "automem-no-home") });

const settingsOf = (decider: string) =>
  v.parse(TrainSettings, {
    play: { game: "courier", model: "llama-cpp:m" },
    decider,
    recipe: { learningRate: 5e-4 },
    reviewerPrices: { in: 1, out: 1 },
  });

describe("by name", () => {
  test.each(["grid", "halving"])("%s is opened with the settings of the campaign", async (name) => {
    const decider = await openDecider(app, settingsOf(name));
    expect(decider.identity.name).toBe(name);
    const { decision } = await decider.decide(frameOf());
    expect(decision.kind === "plan" && decision.plan.recipes[0]).toMatchObject({ learningRate: 5e-4 });
    await decider.close();
  });

  test.each(["random", "grid:3", "toString", "halving:x"])("%s is no decider", async (name) => {
    await expect(openDecider(app, settingsOf(name))).rejects.toMatchObject({
      code: "unknown-decider",
      message: `There is no decider "${name}". Deciders: agent:PROVIDER:MODEL, grid, halving, scripted:FILE.`,
    });
  });

  test("what the decider itself refuses is refused when it is opened", async () => {
    await expect(openDecider(app, settingsOf("scripted:/none.json"))).rejects.toMatchObject({ code: "no-script" });
    server = startToolServer(() => ({}));
    const settings = settingsOf(`agent:${server.model}`);
    const decision = { ...v.parse(DecisionSettings, {}), agent: { maxTokens: 500_000 } };
    await expect(openDecider(app, { ...settings, decision })).rejects.toThrow("cannot write replies of 500000 tokens");
  });
});

test("halving is not cut short by patience, unless that is said", async () => {
  const run = { game: "courier", model: "scripted:x.json" };
  const patienceOf = async (train: TrainFile) =>
    (await resolveTrainSettings({ run: {}, train: {} }, { run, train })).patience;
  expect(await patienceOf({})).toBe(3);
  expect(await patienceOf({ decider: "halving" })).toBe(0);
  expect(await patienceOf({ decider: "halving", patience: 2 })).toBe(2);
});

test("a tool-calling server decides, is told what is wrong in its own protocol, and is paid for", async () => {
  const data = datasetOf("data 1");
  const script: ServerReply[] = [
    {
      calls: [
        { name: "plan", arguments: { reuse: data.hash.slice(0, 12), recipes: [{ rank: 2000 }], reason: "More." } },
      ],
    },
    { text: "Perhaps a smaller one." },
    { calls: [{ name: "plan", arguments: '{"reuse": "' }] },
    {
      calls: [{ name: "plan", arguments: { reuse: data.hash.slice(0, 12), recipes: [{ rank: 64 }], reason: "Less." } }],
    },
  ];
  server = startToolServer((_, turn) => script[turn] ?? {});
  const decider = await openDecider(app, settingsOf(`agent:${server.model}`));
  try {
    const { decision, spent } = await decider.decide(frameOf({ datasets: [data] }));
    expect(decision).toMatchObject({
      kind: "plan",
      plan: { data: { kind: "reuse", dataset: data.hash }, recipes: [{ rank: 64, learningRate: 5e-4 }] },
      reason: "Less.",
    });
    const heard = server.asked.map(({ last }) => last);
    expect(heard[0]).toContain(`${data.hash.slice(0, 12)} | 1 |`);
    expect(heard[1]).toContain("recipes.0.rank: Invalid value: Expected <=1024 but received 2000");
    expect(heard[2]).toContain("You called no tool");
    expect(heard[3]).toContain("not JSON");
    expect(spent.tokens).toBeGreaterThan(1000);
    expect(spent.money).toBeCloseTo(spent.tokens / 1e6, 9);
  } finally {
    await decider.close();
  }
});
