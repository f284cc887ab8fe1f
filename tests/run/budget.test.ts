/** Budgets: what is spent is counted, the run stops cleanly within one call a worker, and goes on as if nothing had been. */
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { costOf } from "../../src/core/budget.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { BudgetKeeper, pricesOf } from "../../src/run/budget.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, ringDependencies, ringSettings } from "./support.ts";

afterEach(removeFolders);

const storeFolder = () => join(freshFolder(), "store");
const prices = { "hash:model": { in: 1, out: 2 } };

describe("costOf", () => {
  test("charges cached tokens their own price, the rest of the prompt and the reply theirs", () => {
    const usage = { promptTokens: 1_000_000, cachedTokens: 400_000, generatedTokens: 500_000 };
    expect(costOf(usage, { in: 3, cached: 0.3, out: 15 })).toBeCloseTo(0.6 * 3 + 0.4 * 0.3 + 0.5 * 15, 10);
    expect(costOf(usage, { in: 3, out: 15 })).toBeCloseTo(3 + 7.5, 10);
  });
});

describe("pricesOf", () => {
  test("finds those of each model, an adapter's being its base's; a budget of money without them is refused with what to write", () => {
    expect(pricesOf({ model: "hash:model", prices, budget: { money: 1 } })).toEqual({
      base: { in: 1, out: 2 },
      specialist: { in: 1, out: 2 },
    });
    expect(pricesOf({ model: "other:model", prices, budget: { tokens: 5 } })).toEqual({});
    expect(() =>
      pricesOf({ model: "hash:model", specialistModel: "other:model", prices, budget: { money: 1 } }),
    ).toThrow('[prices."other:model"]');
    expect(() => pricesOf({ model: "constructor", prices, budget: { money: 1 } })).toThrow('[prices."constructor"]');
  });
});

describe("BudgetKeeper", () => {
  const speaker = "base";
  const clockAt = (at: { ms: number }): Clock => ({ ...systemClock, monotonicMs: () => at.ms });
  const keeper = (budget: RunSettings["budget"], at = { ms: 0 }) =>
    new BudgetKeeper(budget, { base: prices["hash:model"], specialist: { in: 4, out: 4 } }, clockAt(at));

  test("without a budget nothing is ever spent", () => {
    const free = keeper(undefined);
    free.addCall({ speaker, usage: {} });
    free.addStep();
    expect(free.spent()).toBeUndefined();
  });

  test("each limit is reached by what it counts", () => {
    const steps = keeper({ steps: 2 });
    steps.addStep();
    expect(steps.spent()).toBeUndefined();
    steps.addStep();
    expect(steps.spent()).toContain("2 steps");
    const at = { ms: 0 };
    const time = keeper({ seconds: 3 }, at);
    at.ms = 2999;
    expect(time.spent()).toBeUndefined();
    at.ms = 3000;
    expect(time.spent()).toContain("3 seconds");
    const tokens = keeper({ tokens: 100 });
    tokens.addCall({ speaker, usage: { promptTokens: 90, cachedTokens: 80, generatedTokens: 9 } });
    expect(tokens.spent()).toBeUndefined();
    tokens.addCall({ speaker: "specialist", usage: { promptTokens: 1, generatedTokens: 0 } });
    expect(tokens.spent()).toContain("100 tokens");
    const money = keeper({ money: 1 });
    money.addCall({ speaker, usage: { promptTokens: 500_000, generatedTokens: 249_999 } });
    expect(money.spent()).toBeUndefined();
    money.addCall({ speaker, usage: { promptTokens: 2, generatedTokens: 0 } });
    expect(money.spent()).toContain("1.0000");
    expect(() => money.allowCall()).toThrow("spent");
    const dear = keeper({ money: 1 });
    dear.addCall({ speaker: "specialist", usage: { promptTokens: 200_000, generatedTokens: 50_000 } });
    expect(dear.spent()).toContain("1.0000");
  });

  test("a reply without counts ends a budget of tokens or money at once, and leaves others", () => {
    for (const budget of [{ tokens: 100 }, { money: 1 }]) {
      const blind = keeper(budget);
      blind.addCall({ speaker, usage: { promptTokens: 5 } });
      expect(blind.spent()).toContain("does not say");
    }
    const steps = keeper({ steps: 2 });
    steps.addCall({ speaker, usage: {} });
    expect(steps.spent()).toBeUndefined();
  });
});

describe("a run with a budget", () => {
  const seeds = [1, 2, 3];
  const whole = async () => {
    const summary = await startRun(await ringDependencies(storeFolder()), {
      settings: ringSettings({ seeds }),
      commandLine: [],
    });
    return summary;
  };

  test.each([
    ["steps", { steps: 4 }],
    ["tokens", { tokens: 2000 }],
    ["money", { money: 0.004 }],
  ] as [string, RunSettings["budget"]][])(
    "of %s stops, owes the rest, says so, and goes on to the same records",
    async (name, budget) => {
      const folder = storeFolder();
      const settings = ringSettings({ seeds, budget, prices });
      const model = new HashModel();
      let summary = await startRun(await ringDependencies(folder, { model }), { settings, commandLine: [] });
      expect(summary.halted?.code).toBe("budget");
      expect(summary.halted?.message).toContain("spent");
      expect(summary.failed).toEqual([]);
      expect(summary.owed.length).toBeGreaterThan(0);
      if (name === "steps") expect(summary.totals.steps).toBe(4);
      for (let resumes = 0; summary.owed.length > 0; resumes += 1) {
        expect(resumes).toBeLessThan(40);
        summary = await resumeRun(await ringDependencies(folder, { model }), summary.runId);
      }
      expect(summary.halted).toBeUndefined();
      // Neither what was played nor how it is recorded depends on the budget, and no call was made twice.
      expect(summary.finished.map(({ record }) => record)).toEqual(
        (await whole()).finished.map(({ record }) => record),
      );
      expect(new Set(model.answered).size).toBe(model.answered.length);
    },
  );

  test("makes at most one call a worker more than the budget allows", async () => {
    const parallel = 3;
    const settings = ringSettings({ seeds: [1, 2, 3, 4, 5, 6], parallel, budget: { tokens: 1 } });
    const model = new HashModel();
    const summary = await startRun(await ringDependencies(storeFolder(), { model }), { settings, commandLine: [] });
    expect(summary.halted?.code).toBe("budget");
    expect(model.answered.length).toBeLessThanOrEqual(parallel);
  });

  test("of wall time lets the call under way finish", async () => {
    const at = { ms: 0 };
    const clock: Clock = { ...systemClock, monotonicMs: () => at.ms };
    const model = new HashModel(() => {
      at.ms += 1000;
    });
    const settings = ringSettings({ budget: { seconds: 5 } });
    const summary = await startRun(await ringDependencies(storeFolder(), { model, clock }), {
      settings,
      commandLine: [],
    });
    expect([summary.halted?.code, model.answered.length <= 5]).toEqual(["budget", true]);
    expect(summary.owed).toHaveLength(1);
  });

  test("that just suffices is not reported as spent", async () => {
    const settings = ringSettings({ budget: { steps: 6 } });
    const summary = await startRun(await ringDependencies(storeFolder()), { settings, commandLine: [] });
    expect([summary.finished.length, summary.halted]).toEqual([1, undefined]);
  });

  test("of tokens a step ends LOG and PLAN early, but PLAN always has one call", async () => {
    const agent = { ...ringSettings().agent, tokensPerStep: 1 };
    const dependencies = await ringDependencies(storeFolder());
    const summary = await startRun(dependencies, { settings: ringSettings({ agent }), commandLine: [] });
    expect(summary.finished).toHaveLength(1);
    const { figures } = await dependencies.store.records.get(
      summary.finished[0]?.record as string,
      "automem.episode/1",
    );
    const { log, plan } = figures as unknown as {
      log: { ends: Record<string, number> };
      plan: { ends: Record<string, number> };
    };
    expect(Object.keys(log.ends)).not.toContain("call-limit");
    expect(log.ends["token-limit"] ?? 0).toBeGreaterThan(0);
    expect((plan.ends["token-limit"] ?? 0) + (plan.ends.action ?? 0)).toBe(6);
  });
});
