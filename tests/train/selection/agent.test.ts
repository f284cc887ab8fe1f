/** The selector `agent`: what it is shown, its tools, its limits, and that it makes do with a small context. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ProviderError } from "../../../src/core/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { readTurns } from "../../../src/train/candidates/read-turns.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { faultOf, testClock } from "../../inference/support.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";
import {
  type Answering,
  agentSelector,
  choice,
  chosenPlaces,
  frameOf,
  listed,
  modelThat,
  sensible,
  someCriteria,
} from "./support.ts";

let store: Store;
let episode: TrainingEpisode;

beforeAll(async () => {
  store = await freshStore();
  episode = await recordEpisode(store, courierEntries("perfect"));
});

afterAll(() => {
  store.close();
  removeFolders();
});

const candidates = () => readTurns(sourceOf(store), episode);
const isBatch = (question: string) => question.includes("## The turns");

describe("the question for criteria", () => {
  test("tells the game, what there is to choose from, the five questions, and what the planner asks for", async () => {
    const fake = modelThat(sensible);
    const { selector } = agentSelector(fake, {}, "Look for notes in few words.\n# Not a heading");
    expect(await selector.criteria(frameOf(await candidates()))).toBe(`${someCriteria}\n`);
    const question = fake.shown[0]?.messages[1]?.content ?? "";
    expect(question).toContain("| write | 3 | 0 |");
    expect(question).toContain("Look-ups: 6 found something, 0 nothing.");
    for (const asked of ["*used*", "*accurate*", "*change actions*", "*missing*", "*organised*"]) {
      expect(question).toContain(asked);
    }
    expect(question).toContain("> Look for notes in few words.\n> # Not a heading");
    expect(fake.shown[0]?.tools).toEqual(["criteria"]);
    expect(selector.identity.details.wanted).toBe("Look for notes in few words.\n# Not a heading");
  });

  test("is asked again where the criteria are too short or too long, as often as may be", async () => {
    const said = ["short", `s${" ".repeat(50)}`, "x".repeat(8_001), someCriteria];
    const answer: Answering = ({ turn }) => ({ calls: [["criteria", { text: said[turn] }]] });
    const frame = frameOf(await candidates());
    const fake = modelThat(answer);
    expect(await agentSelector(fake, { mends: 3 }).selector.criteria(frame)).toBe(`${someCriteria}\n`);
    expect(fake.shown[3]?.messages.at(-1)?.content).toContain("<=8000");
    const fault = await faultOf(agentSelector(modelThat(answer), { mends: 1 }).selector.criteria(frame));
    expect(fault.code).toBe("bad-selection");
  });
});

describe("the question for a choice", () => {
  test("gives the criteria back, and each turn by its handle in a few lines", async () => {
    const fake = modelThat(sensible);
    await chosenPlaces(store, episode, agentSelector(fake, { batchTurns: 20 }).selector);
    const questions = fake.shown.flatMap(({ messages }) => messages[1]?.content ?? "").filter(isBatch);
    for (const question of questions) expect(question).toContain(`## Your criteria\n\n${someCriteria}`);
    // Two batches of one play, each asked twice: a turn is read, then the choice made.
    expect(questions.map((question) => listed(question).length)).toEqual([20, 20, 13, 13]);
    expect(questions[0]).toMatch(/^t4 {2}step 2, LOG, call 1 {2}write {2}value 0\.90$/m);
    expect(questions[0]).toMatch(/^ {2}then {2}wrote ".*" into ".*": found 2 times, led to a gain 1 step later/m);
    expect(new Set(fake.shown.map(({ options }) => options.cacheKey)).size).toBe(3);
  });

  test("lets it read a turn whole, page by page, and no turn of another batch", async () => {
    const calls: [string, unknown][] = [
      ["read_turn", { turn: "t2" }],
      ["read_turn", { turn: "t2", from: 100, characters: 200 }],
      ["read_turn", { turn: "t999" }],
      ["read_turn", { turn: "t2", characters: 1_000_000 }],
    ];
    const fake = modelThat(({ question, turn, last }) => {
      if (!isBatch(question)) return sensible({ question, turn, last });
      return turn === 0 ? { calls } : { calls: [["choose", { turns: [choice("t2")] }]] };
    });
    await chosenPlaces(store, episode, agentSelector(fake).selector);
    const results = (fake.shown.at(-1)?.messages ?? [])
      .filter(({ role }) => role === "tool")
      .map(({ content }) => content);
    const { turns } = await candidates();
    expect(results[0]).toContain(`> ${turns[1]?.reply.split("\n")[0]}`);
    expect(results[1]).toStartWith("[100 characters before this]\n");
    expect(results[1]).toMatch(/\[\d+ more characters; go on from 300\]/);
    expect(results[2]).toContain('"t999" is no turn of this batch. They are t1 to t33.');
    expect(results[3]).toContain("characters");
  });

  test("goes in smaller batches where the context is small, and chooses the same", async () => {
    const whole = await chosenPlaces(store, episode, agentSelector(modelThat(sensible)).selector);
    const fake = modelThat(sensible, { contextTokens: 6_000 });
    const { selector } = agentSelector(fake, { agent: { maxTokens: 500 } });
    expect(await chosenPlaces(store, episode, selector)).toEqual(whole);
    const sizes = fake.shown.flatMap(({ messages }) => listed(messages[1]?.content ?? "").length);
    expect(Math.max(...sizes)).toBeLessThan(33);
  });

  test("goes in smaller batches where the server says that it does not fit", async () => {
    const whole = await chosenPlaces(store, episode, agentSelector(modelThat(sensible)).selector);
    const fake = modelThat((asked) =>
      listed(asked.question).length > 10
        ? new ProviderError("too long", { code: "context-overflow" })
        : sensible(asked),
    );
    expect(await chosenPlaces(store, episode, agentSelector(fake).selector)).toEqual(whole);
  });

  test("says so where not even one turn fits", async () => {
    const fake = modelThat(({ question, turn, last }) =>
      isBatch(question)
        ? new ProviderError("too long", { code: "context-overflow" })
        : sensible({ question, turn, last }),
    );
    const fault = await faultOf(chosenPlaces(store, episode, agentSelector(fake).selector));
    expect(fault).toMatchObject({ name: "TrainerError", code: "context-too-small" });
  });
});

describe("limits", () => {
  const reading: Answering = (asked) =>
    isBatch(asked.question) ? { calls: [["read_turn", { turn: "t1" }]] } : sensible(asked);

  test("a question that is not answered in its turns, tokens or seconds fails the selection", async () => {
    const run = (settings: object, clock = testClock()) =>
      faultOf(chosenPlaces(store, episode, agentSelector(modelThat(reading), settings, undefined, clock).selector));
    expect((await run({ turns: 4 })).code).toBe("out-of-turns");
    expect((await run({ tokens: 20_000 })).code).toBe("out-of-tokens");
    const clock = testClock();
    const slow: Answering = (asked) => {
      void clock.sleep(20_000);
      return reading(asked);
    };
    const late = agentSelector(modelThat(slow), { seconds: 50 }, undefined, clock);
    expect((await faultOf(chosenPlaces(store, episode, late.selector))).code).toBe("out-of-time");
    const mute = modelThat((asked) => (isBatch(asked.question) ? { text: "t1 is good." } : sensible(asked)));
    expect((await faultOf(chosenPlaces(store, episode, agentSelector(mute).selector))).code).toBe("bad-selection");
  });

  test("the tokens of all questions are limited together, and what was spent is known", async () => {
    const { selector, spending } = agentSelector(modelThat(sensible), { totalTokens: 12_000, batchTurns: 8 });
    const fault = await faultOf(chosenPlaces(store, episode, selector));
    expect(fault).toMatchObject({ name: "TrainerError", code: "out-of-tokens" });
    expect(fault.message).toContain("of 12000 tokens");
    const { tokens } = spending.total();
    expect(tokens).toBeGreaterThanOrEqual(12_000);
    // To within one call.
    expect(tokens).toBeLessThan(12_000 + 8_000);
  });

  test("a call that failed is told as what it was, and what it cost before is counted", async () => {
    const down = new ProviderError("the server is gone", { code: "unavailable", retryable: true });
    const fake = modelThat((asked) => (isBatch(asked.question) && asked.turn === 1 ? down : reading(asked)));
    const { selector, spending } = agentSelector(fake);
    expect(await faultOf(chosenPlaces(store, episode, selector))).toBe(down);
    expect(spending.total().tokens).toBeGreaterThan(1_000);
  });

  test("stops in the middle of a batch when it is told to", async () => {
    const stop = new AbortController();
    const fake = modelThat((asked) => {
      if (isBatch(asked.question)) stop.abort();
      return reading(asked);
    });
    const { selector } = agentSelector(fake);
    const fault = await faultOf(chosenPlaces(store, episode, selector, stop.signal));
    expect(fault).toMatchObject({ name: "ProviderError", code: "cancelled" });
    expect(fake.shown.length).toBe(2);
  });
});

test("its identity names the model with its digest, its settings and limits, and the words it is asked with", () => {
  const { selector } = agentSelector(modelThat(sensible), { turns: 9, agent: { temperature: 0.2, seed: 4 } });
  expect(selector.identity.name).toBe("agent:fake:m");
  expect(selector.identity.details).toMatchObject({
    model: { name: "fake:m", digest: "d".repeat(64) },
    temperature: 0.2,
    seed: 4,
    turns: 9,
    mends: 3,
    batchTurns: 40,
    instructions: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});
