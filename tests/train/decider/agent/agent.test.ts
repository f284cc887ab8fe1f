/** The decider `agent`: from a call to a plan, what is sent back, what it costs, and a ledger that does not fit. */
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { ChatModel } from "../../../../src/core/chat-model.ts";
import { ConfigError, ProviderError, TrainerError } from "../../../../src/core/errors.ts";
import { createAgentDecider } from "../../../../src/train/decider/agent/agent.ts";
import type { DecisionFrame } from "../../../../src/train/decider/decider.ts";
import { DecisionSettings } from "../../../../src/train/decider/settings.ts";
import { type Answer, modelOf } from "../../../campaign/agent/fake-tool-model.ts";
import { testClock } from "../../../inference/support.ts";
import { dataSettings, datasetOf, frameOf, recipeOf, rowOf, settingsOf } from "../support.ts";

const data = datasetOf("data 1");
const name = data.hash.slice(0, 12);
const reuse = { kind: "reuse" as const, dataset: data.hash };
const plan = (given: object): Answer => ({ calls: [["plan", { recipes: [{}], reason: "Because.", ...given }]] });
const build = { episodes: "round" };

interface Asked {
  frame?: Partial<DecisionFrame>;
  selector?: string;
  recipe?: Parameters<typeof recipeOf>[0];
  decision?: v.InferInput<typeof DecisionSettings>;
  contextTokens?: number;
}

function deciderOf(answers: readonly Answer[], { selector = "outcome", recipe, decision, contextTokens }: Asked = {}) {
  const { model, shown, sampled } = modelOf(answers, contextTokens === undefined ? {} : { contextTokens });
  const settings = {
    ...settingsOf(recipe),
    selector,
    decision: v.parse(DecisionSettings, decision ?? {}),
    reviewerPrices: { in: 1, out: 2 },
  };
  return { decider: createAgentDecider({ model, clock: testClock(), settings }), shown, sampled, model };
}

async function decide(answers: readonly Answer[], asked: Asked = {}) {
  const { decider, shown, sampled } = deciderOf(answers, asked);
  return { ...(await decider.decide(frameOf(asked.frame))), shown, sampled };
}

/** What the model was told after its first answer. */
const told = (shown: Awaited<ReturnType<typeof decide>>["shown"]) => shown[1]?.at(-1)?.content;

describe("a plan", () => {
  test("holds what the model said, and the start for the rest", async () => {
    const said = plan({
      build: { episodes: "all", dataset: { repeat: { write: 2 }, balance: 2 }, outcome: { lookupFit: "named" } },
      recipes: [{ rank: 32 }, { rank: 32, epochs: 6 }],
    });
    const { decision } = await decide([said], { recipe: { learningRate: 5e-4, maxSteps: 40, devices: 2 } });
    const start = recipeOf({ learningRate: 5e-4, maxSteps: 40, devices: 2 });
    expect(decision).toEqual({
      kind: "plan",
      reason: "Because.",
      plan: {
        data: {
          kind: "build",
          episodes: "all",
          dataset: { ...dataSettings.dataset, balance: 2, repeat: { ...dataSettings.dataset.repeat, write: 2 } },
          outcome: { ...dataSettings.outcome, lookupFit: "named" },
        },
        recipes: [
          { ...start, rank: 32 },
          { ...start, rank: 32, epochs: 6, maxSteps: null },
        ],
      },
    });
  });

  test("comes with what the model was shown, said and was told", async () => {
    const { transcript } = await decide([{ text: "I think about it." }, plan({ reuse: name })], {
      frame: { datasets: [data] },
    });
    expect(transcript![0]).toMatchObject({ shown: expect.stringContaining(name) });
    expect(transcript!.slice(1)).toMatchObject([
      { turn: 1, said: "I think about it.", calls: [] },
      { turn: 1, reminder: expect.any(String) },
      { turn: 2, calls: [{ name: "plan" }] },
    ]);
  });

  test("names a dataset by the digits of the table", async () => {
    const { decision } = await decide([plan({ reuse: name })], { frame: { datasets: [data] } });
    expect(decision).toMatchObject({ plan: { data: reuse } });
  });

  test("takes criteria for a selector that is a model", async () => {
    const said = plan({ build: { ...build, criteria: "Turns that note a password." } });
    const { decision } = await decide([said], { selector: "agent:ollama:q" });
    expect(decision).toMatchObject({ plan: { data: { criteria: "Turns that note a password." } } });
  });

  test("may be none", async () => {
    const { decision } = await decide([{ calls: [["done", { reason: "Enough." }]] }]);
    expect(decision).toEqual({ kind: "done", reason: "Enough." });
  });
});

describe("what does not fit is sent back", () => {
  const tried = rowOf({ data: reuse, recipes: [recipeOf()] }, () => 0.4, { number: 1, round: 1, dataset: data.hash });
  const built = { kind: "build" as const, ...dataSettings, episodes: "round" as const };
  const failed = rowOf({ data: built, recipes: [recipeOf()] }, () => 0.4, { number: 1, round: 1 });
  const withData = { datasets: [data] };

  test.each([
    [
      "a field out of range",
      plan({ build, recipes: [{ rank: 4096 }] }),
      {},
      "recipes.0.rank: Invalid value: Expected <=1024 but received 4096",
    ],
    ["an unknown field", plan({ build, recipes: [{ optimiser: "x" }] }), {}, "recipes.0.optimiser: Invalid key"],
    ["a field of the machine", plan({ build, recipes: [{ devices: 8 }] }), {}, "recipes.0.devices"],
    ["three recipes", plan({ build, recipes: [{}, { rank: 1 }, { rank: 2 }] }), {}, "recipes: Invalid length"],
    ["the same recipe twice", plan({ build, recipes: [{ rank: 8 }, { rank: 8 }] }), {}, "both are the same"],
    ["no data", plan({}), {}, "reuse or build is missing"],
    ["two kinds of data", plan({ build, reuse: name }), withData, "give one of them"],
    ["an unknown dataset", plan({ reuse: "0123456789ab" }), withData, `names no dataset. Datasets: ${name}`],
    ["a dataset where there is none", plan({ reuse: "0123456789ab" }), {}, "There is none yet: use build."],
    [
      "criteria that nobody reads",
      plan({ build: { ...build, criteria: "x" } }),
      {},
      'the selector "outcome" reads none',
    ],
    [
      "what was tried",
      plan({ reuse: name }),
      { ...withData, ledger: [tried] },
      "trial t1 trained this recipe on this data, and its mean on the select seeds was 0.400",
    ],
    [
      "data that did not come about",
      plan({ build, recipes: [{ rank: 8 }] }),
      { ledger: [failed] },
      "trial t1 asked for this data, and none came about: Nothing was chosen.",
    ],
    ["no JSON", { calls: [["plan", '{"recipes": [']] }, {}, "not JSON"],
    ["an unknown tool", { calls: [["train", {}]] }, {}, 'There is no tool "train". Tools: plan, done.'],
    ["a text", { text: "I would use a rank of 8." }, {}, "You called no tool."],
  ] as [string, Answer, Partial<DecisionFrame>, string][])("%s", async (_, said, frame, problem) => {
    const good = plan({ build: { ...build, dataset: { seed: 1 } }, recipes: [{ seed: 5 }] });
    const { decision, shown } = await decide([said, good], { frame });
    expect(told(shown)).toContain(problem);
    expect(told(shown)).toContain("[3 answers are left.]");
    expect(decision).toMatchObject({ kind: "plan", plan: { recipes: [{ seed: 5 }] } });
  });

  test("rules of the outcome selector where a model selects", async () => {
    const said = [plan({ build: { ...build, outcome: { withinSteps: 3 } } }), plan({ build })];
    const { shown } = await decide(said, { selector: "claude-code" });
    expect(told(shown)).toContain('the selector "claude-code" does not read it');
  });

  test("and after its mends it is a fault that says the last of it and what it took", async () => {
    const said = plan({ build, recipes: [{ rank: 0 }] });
    const fault = await decide([said], { decision: { mends: 1 } }).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(TrainerError);
    const { code, message, data: spent } = fault as TrainerError;
    expect(code).toBe("bad-decision");
    expect(message).toContain("fake:m gave no decision that can be used for trial 1 of round 1");
    expect(message).toContain("not finished in 2 turns");
    expect(message).toContain("recipes.0.rank: Invalid value: Expected >=1 but received 0");
    expect(spent.tokens).toBeGreaterThan(0);
  });
});

describe("spending", () => {
  test("sums the tokens of all answers, and money by the prices", async () => {
    const once = await decide([plan({ build })]);
    const twice = await decide([plan({}), plan({ build })]);
    expect(once.spent.tokens).toBeGreaterThan(500);
    expect(twice.spent.tokens).toBeGreaterThan(2 * once.spent.tokens);
    expect(once.spent.money).toBeCloseTo((once.spent.tokens - 10 + 2 * 10) / 1e6, 9);
  });

  test("is bounded by the tokens of a decision", async () => {
    const fault = await decide([plan({})], { decision: { tokens: 10 } }).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: "bad-decision", message: expect.stringContaining("of 10 tokens") });
  });
});

describe("a ledger that does not fit the context", () => {
  const reason = "It ran out of memory in the first step. ".repeat(5);
  const ledger = Array.from({ length: 60 }, (_, index) => {
    const recipes = [recipeOf({ seed: index }), recipeOf({ seed: index, rank: 8 })];
    const row = rowOf({ data: reuse, recipes }, (each) => (each.seed === 3 ? 0.9 : 0.2), {
      number: index + 1,
      round: 1,
      dataset: data.hash,
    });
    return { ...row, why: reason };
  });
  const frame = { ledger, datasets: [data], trial: 61 };
  const user = (shown: Awaited<ReturnType<typeof decide>>["shown"]) => shown.at(-1)?.[1]?.content ?? "";

  test("is shortened before it is sent, oldest first, and says so with the best of what is left out", async () => {
    const { shown } = await decide([plan({ build })], { frame, contextTokens: 9000 });
    expect(shown).toHaveLength(1);
    const said = user(shown);
    expect(said).toMatch(/the \d+ oldest trials are left out to make room; the best of them: t4, seed 3, 0.900/);
    expect(said).toContain("\nt60 | 1 |");
    expect(said).not.toContain("\nt1 | 1 |");
  });

  test("is shortened again where the server says that it does not fit", async () => {
    const tooLong = new ProviderError("too long", { code: "context-overflow" });
    const { model, shown } = modelOf([plan({ build })]);
    const ask = model.chatWithTools;
    let refused = 0;
    const chatWithTools: ChatModel["chatWithTools"] = async (conversation, ...rest) => {
      const text = conversation[1]?.content ?? "";
      if (text.includes("\nt31 | 1 |")) {
        refused += 1;
        throw tooLong;
      }
      return ask?.(conversation, ...rest) as never;
    };
    const settings = { ...settingsOf(), selector: "outcome" };
    const decider = createAgentDecider({ model: { ...model, chatWithTools }, clock: testClock(), settings });
    expect((await decider.decide(frameOf(frame))).decision.kind).toBe("plan");
    expect(refused).toBe(2);
    expect(user(shown)).toContain("the 45 oldest trials are left out");
  });

  test("that cannot be shown at all is a setting to change", async () => {
    const tooLong = new ProviderError("too long", { code: "context-overflow" });
    const fault = await decide([tooLong], { frame }).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(ConfigError);
    expect(fault).toMatchObject({
      code: "context-too-small",
      message: expect.stringContaining("decision.contextTokens"),
    });
  });
});

describe("the decider", () => {
  test("is known by its model, temperature, seed and instructions, and asks with them", async () => {
    const { decider, sampled, model } = deciderOf([plan({ build })], { decision: { agent: { temperature: 0.2 } } });
    await decider.decide(frameOf());
    expect(decider.identity.name).toBe("agent:fake:m");
    expect(decider.identity.details).toMatchObject({
      model: { name: "fake:m" },
      temperature: 0.2,
      seed: 0,
      mends: 3,
      instructions: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(sampled[0]).toMatchObject({ temperature: 0.2, seed: 0 });
    await decider.close();
    expect((model as unknown as { closed: boolean }).closed).toBe(true);
  });

  test("passes on a call that failed or was stopped, so that the decision is owed", async () => {
    const down = new ProviderError("down", { code: "unreachable" });
    expect(await decide([down]).catch((thrown: unknown) => thrown)).toBe(down);
    const stopped = decide([plan({ build })], { frame: { signal: AbortSignal.abort() } });
    expect(await stopped.catch((thrown: unknown) => thrown)).toMatchObject({ code: "cancelled" });
  });

  test("refuses a model without tools", () => {
    const { model } = modelOf([{}]);
    const settings = { ...settingsOf(), selector: "outcome" };
    const create = () =>
      createAgentDecider({ model: { ...model, chatWithTools: undefined }, clock: testClock(), settings });
    expect(create).toThrow('or the decider "grid"');
  });
});
