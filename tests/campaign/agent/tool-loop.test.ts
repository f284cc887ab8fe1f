/** The loop of a model with tools, as those have it that keep no log: how it ends, and what it says when it does not. */
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { type SoundCall, ToolLoop, type ToolLoopLimits } from "../../../src/campaign/agent/tool-loop.ts";
import { toolModel } from "../../../src/campaign/agent/tool-model.ts";
import type { ToolSpec } from "../../../src/core/tool-calls.ts";
import { testClock } from "../../inference/support.ts";
import { type Answer, modelOf } from "./fake-tool-model.ts";

const tools: ToolSpec[] = [
  { name: "look", description: "Looks.", parameters: v.strictObject({}) },
  { name: "end", description: "Ends.", parameters: v.strictObject({ say: v.string() }) },
];

function loopOf(answers: readonly Answer[], limits: Partial<ToolLoopLimits> = {}, options = {}) {
  const { model, shown, sampled } = modelOf(answers, options);
  const ran: string[] = [];
  const loop = new ToolLoop<string>({
    noun: "dance",
    model: toolModel(model, { name: "agent:m", instead: "nobody", settings: { seed: 7 } }),
    tools,
    limits: { turns: 5, seconds: 600, ...limits },
    clock: testClock(),
    cacheKey: "k",
    async run({ name, arguments: { say } }: SoundCall) {
      ran.push(name);
      return name === "end" ? { kind: "end", result: String(say) } : { kind: "answer", text: "seen" };
    },
    texts: { reminder: (cut) => (cut ? "cut" : "no tool"), turnsLeft: (turn) => `after ${turn}` },
  });
  return { loop, shown, sampled, ran };
}

const contents = (shown: ReturnType<typeof loopOf>["shown"]) => shown.at(-1)?.map(({ content }) => content);

describe("the loop", () => {
  test("answers calls in order until one ends the work, with the seed of its settings", async () => {
    const { loop, shown, sampled, ran } = loopOf([{ calls: [["look", {}]] }, { calls: [["end", { say: "a" }]] }]);
    expect(await loop.begin("system", "user")).toEqual({ kind: "end", result: "a" });
    expect(contents(shown)).toEqual(["system", "user", "", "seen\n\nafter 1"]);
    expect(sampled[0]).toMatchObject({ seed: 7, temperature: 0.7 });
    expect(ran).toEqual(["look", "end"]);
  });

  test("goes on from an end that was not taken, and runs nothing that came after it", async () => {
    const both: Answer = {
      calls: [
        ["end", { say: "a" }],
        ["look", {}],
      ],
    };
    const { loop, shown, ran } = loopOf([both, { calls: [["end", { say: "b" }]] }]);
    await loop.begin("system", "user");
    expect(await loop.goOn("not yet")).toEqual({ kind: "end", result: "b" });
    const notRun = "Not run: it came after the end of the dance in the same reply.\n\nafter 1";
    expect(contents(shown)?.slice(3)).toEqual(["not yet", notRun]);
    expect(ran).toEqual(["end", "end"]);
  });

  test("says in its own words what it ran out of", async () => {
    const look: Answer[] = [{ calls: [["look", {}]] }];
    const ends = [
      loopOf(look, { turns: 2 }),
      loopOf(look, { tokens: 10 }),
      loopOf([{ text: "hm" }]),
      loopOf(look, {}, { contextTokens: 1000 }),
    ];
    const [turns, tokens, calls, long] = await Promise.all(
      ends.map(({ loop }, index) => loop.begin("system", index === 3 ? "long ".repeat(2000) : "user")),
    );
    expect(turns).toEqual({ kind: "stopped", code: "out-of-turns", reason: "The dance was not finished in 2 turns." });
    expect(tokens).toMatchObject({ code: "out-of-tokens" });
    expect(calls).toMatchObject({ code: "no-call", reason: "4 replies in a row called no tool." });
    expect(long).toMatchObject({
      code: "too-long",
      reason: expect.stringContaining("What a dance needs at the least"),
    });
  });
});
