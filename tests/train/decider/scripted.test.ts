/** The decider `scripted`: what a script may say, and what is wrong with one. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedDecider } from "../../../src/train/decider/scripted.ts";
import { dataSettings, datasetOf, frameOf, hashOf, recipeOf } from "./support.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-script-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function scripted(text: unknown) {
  const path = join(folder, "script.json");
  await Bun.write(path, typeof text === "string" ? text : JSON.stringify(text));
  return createScriptedDecider(path);
}

const script = (decisions: object) => ({ schema: "automem.decision-script/1", decisions });

describe("a script", () => {
  test("decides by round and trial, with defaults for what it leaves out", async () => {
    const decider = await scripted(
      script({
        r1t1: { kind: "plan", recipes: [{ rank: 8 }] },
        r2t1: { kind: "done" },
        "*": { kind: "plan", data: { kind: "reuse", dataset: "last" }, recipes: [{}, { rank: 4 }], reason: "Why not." },
      }),
    );
    const datasets = [datasetOf("data 1"), datasetOf("data 2")];
    const [first, other, done] = await Promise.all([
      decider.decide(frameOf()),
      decider.decide(frameOf({ trial: 2, datasets })),
      decider.decide(frameOf({ round: 2, datasets })),
    ]);
    expect(first.decision).toEqual({
      kind: "plan",
      plan: { data: { kind: "build", ...dataSettings, episodes: "round" }, recipes: [recipeOf({ rank: 8 })] },
      reason: "The script says so.",
    });
    expect(other.decision).toMatchObject({
      plan: { data: { kind: "reuse", dataset: hashOf("data 2") }, recipes: [recipeOf(), recipeOf({ rank: 4 })] },
      reason: "Why not.",
    });
    expect(done).toEqual({ decision: { kind: "done", reason: "The script says so." }, spent: { tokens: 0, money: 0 } });
  });

  test("ends a trial that it does not name, and cannot use data that there is not", async () => {
    const data = { kind: "reuse", dataset: "first" };
    const decider = await scripted(script({ r1t1: { kind: "plan", data, recipes: [{}] } }));
    expect((await decider.decide(frameOf({ trial: 2 }))).decision).toMatchObject({
      kind: "done",
      reason: "The script has no decision for r1t2.",
    });
    await expect(decider.decide(frameOf())).rejects.toThrow("no first dataset to use again yet");
  });

  test.each([
    ["no JSON", "{", "is not JSON"],
    ["a key that is none", script({ t1: { kind: "done" } }), "not r1t1 and the like"],
    [
      "a recipe out of range",
      script({ r1t1: { kind: "plan", recipes: [{ rank: 0 }] } }),
      "decisions.r1t1.recipes.0.rank",
    ],
    ["no recipe", script({ r1t1: { kind: "plan", recipes: [] } }), "decisions.r1t1.recipes"],
  ])("with %s is refused with the place", async (_, text, problem) => {
    await expect(scripted(text)).rejects.toThrow(problem);
  });

  test("that is not there is refused by its path", async () => {
    await expect(createScriptedDecider(join(folder, "none.json"))).rejects.toThrow("Cannot read the decision script");
  });
});
