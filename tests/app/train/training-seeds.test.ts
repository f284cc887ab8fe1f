/** Seeds of `train`: ours and counted ones, all apart from each other and from those of `evolve`. */
import { describe, expect, test } from "bun:test";
import { campaignSeeds } from "../../../src/app/evolve/campaign-seeds.ts";
import { trainCampaignSeeds, trainingSeeds } from "../../../src/app/train/training-seeds.ts";
import { SeedPlan } from "../../../src/campaign/seed-plan.ts";

describe.each(["courier", "crafter", "minihack", "nethack", "somebodys-game"])("the seeds of %s", (game) => {
  test("are train's own for select and confirm, and no seed has two purposes in both loops together", async () => {
    const train = await trainCampaignSeeds(game);
    const evolve = await campaignSeeds(game);
    expect([train.select.name, train.confirm.name]).toEqual(["train-select", "train-confirm"]);
    expect([train.train, train.report]).toEqual([evolve.train, evolve.report]);
    const sets = [train.train, train.select, train.confirm, train.report, evolve.select, evolve.confirm];
    const all = sets.flatMap(({ seeds }) => seeds);
    expect(new Set(all).size).toBe(all.length);
    const plan = new SeedPlan(train, 20);
    expect([plan.train.length, plan.select.length]).toEqual([train.train.seeds.length, 20]);
    expect(plan.confirm.length).toBeGreaterThanOrEqual(60);
  });

  test("let no episode of another set become data", async () => {
    const { train, ...others } = await trainCampaignSeeds(game);
    const { select, confirm } = await campaignSeeds(game);
    const admitting = await trainingSeeds(game);
    const played = (seed: number) => ({ task: "t", seed, game: { name: game } }) as never;
    expect(admitting.admit("0".repeat(64), played(train.seeds[0]!)).seed).toBe(train.seeds[0]!);
    for (const { seeds } of [...Object.values(others), select, confirm]) {
      expect(() => admitting.admit("0".repeat(64), played(seeds[0]!))).toThrow("training seed");
    }
  });
});
