/** Campaigns of loop 2, whole, on a made-up game: what is accepted, what is not and why, and what a decider is shown of it. */
import { afterAll, describe, expect, test } from "bun:test";
import type { EvaluationRecord } from "../../../src/core/campaign.ts";
import type { Hash } from "../../../src/core/hash.ts";
import type { TrainEndRecord, TrialRecord } from "../../../src/core/trial.ts";
import type { TrainHappening } from "../../../src/train/campaign/events.ts";
import { campaignId, planOf, type RingTraining, reuseOf } from "./support.ts";
import { freshFolder, removeRoot, whole } from "./whole.ts";

afterAll(removeRoot);

async function trialsOf({ store }: RingTraining, end: TrainEndRecord): Promise<TrialRecord[]> {
  return Promise.all(end.trials.map((trial) => store.records.get(trial, "automem.trial/1")));
}

function evaluation({ store }: RingTraining, hash: Hash): Promise<EvaluationRecord> {
  return store.records.get(hash, "automem.evaluation/1");
}

function told<Kind extends TrainHappening["kind"]>({ happenings }: RingTraining, kind: Kind) {
  return happenings.filter((event): event is Extract<TrainHappening, { kind: Kind }> => event.kind === kind);
}

describe("a trial", () => {
  test("of a better adapter is accepted on confirm seeds, gets its names, and is reported on sealed seeds", async () => {
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([95]) } });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ key: "t1", round: 1, outcome: "accepted", best: 0, campaign: parts.recordHash });
    expect(trial?.incumbent).toBeUndefined();
    expect(trial?.tests.map(({ against }) => against)).toEqual(["base"]);
    const [configuration] = trial!.configurations;
    expect(configuration).toMatchObject({ adapterName: end.adapterName!, parity: { equal: 3, of: 3 } });
    const adapter = await parts.store.records.get(configuration!.adapter!, "automem.adapter/1");
    const training = await parts.store.records.get(configuration!.training!, "automem.training/1");
    const recipe = await parts.store.records.get(training.recipe, "automem.recipe/1");
    expect(adapter.parents).toEqual({ dataset: trial!.dataset!, recipe: training.recipe });
    expect([recipe.recipe.rank, recipe.dataset, training.adapter]).toEqual([95, trial!.dataset!, end.adapter!]);
    expect(training.finalLoss).toBe(1 / 3);
    expect(parts.store.refs.get(`specialist/${campaignId}/best`)).toBe(end.adapter);
    expect(parts.store.refs.get(`specialist/${campaignId}/t1`)).toBe(end.adapter);
    const report = await evaluation(parts, end.report!.specialist!);
    expect(report.episodes.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
    expect(report.adapter).toBe(end.adapterName);
    expect((await evaluation(parts, end.report!.base)).adapter).toBeUndefined();
    expect((end.report!.comparison as { mean: number }).mean).toBeGreaterThan(0.2);
    expect(end.reason).toBe("all-trials-done");
  });

  test("of a worse one is rejected on the select seeds, costs no confirm episode, and leaves the report sealed", async () => {
    const { parts, end, spent } = await whole(freshFolder(), { decisions: { "1.1": planOf([5]) } });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ outcome: "rejected-on-select", best: 0, tests: [] });
    expect(end.adapter).toBeUndefined();
    expect(end.report).toBeUndefined();
    expect(parts.log.has("report/opened")).toBe(false);
    expect(spent.episodes).toBe(3 + 4 + 4);
    expect((await parts.store.refs.names()).filter((name) => name.startsWith("specialist/"))).toEqual([]);
  });

  test("that looks better but is not shown to be is rejected on the confirm seeds, without a figure of them in the ledger", async () => {
    const gate = { kind: "confirm" as const, looks: 4, maximumPairs: 8, alpha: 0.0001 };
    const { parts, end } = await whole(freshFolder(), {
      decisions: { "1.1": planOf([95]), "1.2": planOf([90]) },
      settings: { gate, trials: 2 },
    });
    const trials = await trialsOf(parts, end);
    expect(trials.map(({ outcome }) => outcome)).toEqual(["rejected-on-confirm", "rejected-on-confirm"]);
    expect(trials[0]!.why).toMatch(/p = /);
    const [, second] = parts.decider.frames;
    const [row] = second!.ledger;
    expect(row).toMatchObject({ key: "t1", outcome: "rejected-on-confirm", why: expect.stringContaining("Not shown") });
    expect(JSON.stringify(row)).not.toContain("p = ");
    const hidden = trials[0]!.tests.flatMap(({ candidate, opponent }) => [candidate, opponent]);
    for (const hash of hidden) expect(JSON.stringify(parts.decider.frames)).not.toContain(hash);
    const [first, next] = trials.map(({ tests }) => tests[0]!.gate as { level: number });
    expect(next!.level).toBeLessThan(first!.level);
  });

  test("of two configurations sends the better one on, alone", async () => {
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([60, 95]) } });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ outcome: "accepted", best: 1 });
    const [worse, better] = trial!.configurations;
    expect(better!.selectMean!).toBeGreaterThan(worse!.selectMean!);
    expect(end.adapterName).toBe(better!.adapterName!);
    const confirmed = told(parts, "phase-start").filter(({ phase }) => phase === ("confirm" as string));
    expect(confirmed.map(({ key }) => key)).toEqual(["t1.2"]);
    expect(parts.released).toEqual([worse!.adapterName!]);
    expect(parts.releasedAfter).toEqual(["select-end"]);
    expect(parts.model.loaded).toEqual([better!.adapterName!]);
  });

  test("tells what happens in order", async () => {
    const { parts } = await whole(freshFolder(), { decisions: { "1.1": planOf([95]) } });
    const kinds = parts.happenings.map((event) => ("phase" in event ? `${event.kind} ${event.phase}` : event.kind));
    const single = kinds.filter((kind, index) => kind !== kinds[index - 1]);
    expect(single.filter((kind) => kind !== "confirm-progress" && !kind.startsWith("play"))).toEqual([
      "round-start",
      "phase-start collect",
      "collected",
      "phase-start baseline",
      "decided",
      "selection-progress",
      "dataset",
      "training-start",
      "training-progress",
      "trained",
      "parity",
      "phase-start select",
      "select-end",
      "phase-start confirm",
      "test",
      "trial-end",
      "phase-start report",
      "campaign-end",
    ]);
  });
});

describe("a specialist to start from", () => {
  test("collects the data, and has to be beaten as the base has", async () => {
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([98]) }, start: 50, base: 20 });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ outcome: "accepted", incumbent: parts.record.specialist! });
    expect(trial!.tests.map(({ against }) => against)).toEqual(["incumbent", "base"]);
    const [first, second] = trial!.tests.map(({ gate }) => gate as { level: number });
    expect(second!.level).toBe(first!.level);
    const played = told(parts, "play").filter(({ phase }) => phase === "collect");
    expect(played.length).toBeGreaterThan(0);
    const dataset = await parts.store.records.get(trial!.dataset!, "automem.dataset/1");
    const episode = await parts.store.records.get(dataset.episodes[0]!, "automem.episode/1");
    expect(episode.specialist?.adapter).toBe(parts.record.specialist);
  });

  test("that is worse than the base is no cheap way in: what beats it must beat the base too", async () => {
    const { parts, end } = await whole(freshFolder(), {
      decisions: { "1.1": planOf([70]) },
      start: 10,
      base: 95,
      settings: { trials: 2 },
    });
    const [trial] = await trialsOf(parts, end);
    expect(trial!.outcome).toBe("rejected-on-confirm");
    const decisions = trial!.tests.map(({ against, gate }) => [against, (gate as { decision: string }).decision]);
    expect(decisions).toEqual([
      ["incumbent", "accept"],
      ["base", "reject"],
    ]);
    expect(end.adapterName).toBe(parts.record.specialist);
    // Which of the two did not accept is nothing for the decider.
    const [row] = parts.decider.frames[1]!.ledger;
    expect(row).toMatchObject({ outcome: "rejected-on-confirm", why: expect.not.stringMatching(/incumbent|base/i) });
  });

  test("that stays is reported beside the base where a report is always wanted", async () => {
    const { parts, end } = await whole(freshFolder(), { decisions: {}, start: 60, settings: { report: "always" } });
    expect(end).toMatchObject({ trials: [], reason: "decider-done", adapterName: parts.record.specialist! });
    expect((await evaluation(parts, end.report!.specialist!)).adapter).toBe(parts.record.specialist);
    expect(end.report!.comparison).toBeDefined();
  });
});

test("without any specialist a report that is always wanted plays the base alone", async () => {
  const { parts, end } = await whole(freshFolder(), { decisions: {}, settings: { report: "always" } });
  expect(end.report).toEqual({ base: expect.any(String) });
  expect((await evaluation(parts, end.report!.base)).episodes.length).toBe(5);
  expect(end.adapter).toBeUndefined();
});

describe("a second round", () => {
  const decisions = { "1.1": planOf([60]), "2.1": planOf([99], { episodes: "all" }) };
  const settings = {
    rounds: 2,
    report: "never" as const,
    gate: { kind: "confirm" as const, looks: 4, maximumPairs: 20 },
  };

  test("collects with the specialist of the first, on seeds of its own, and holds the next adapter against both", async () => {
    const { parts, end } = await whole(freshFolder(), { decisions, settings, base: 5 });
    const [first, second] = await trialsOf(parts, end);
    expect([first!.outcome, second!.outcome]).toEqual(["accepted", "accepted"]);
    expect(second!.incumbent).toBe(first!.configurations[0]!.adapterName!);
    expect(second!.tests.map(({ against }) => against)).toEqual(["incumbent", "base"]);
    const dataset = await parts.store.records.get(second!.dataset!, "automem.dataset/1");
    const episodes = await Promise.all(
      dataset.episodes.map((hash) => parts.store.records.get(hash, "automem.episode/1")),
    );
    expect(episodes.map(({ seed, specialist }) => [seed, specialist?.adapter])).toEqual([
      ...[400, 401, 402].map((seed) => [seed, undefined]),
      ...[403, 404, 405].map((seed) => [seed, second!.incumbent!]),
    ]);
    expect(
      parts.decider.frames.map(({ round, trial, episodes }) => [round, trial, episodes.round, episodes.all]),
    ).toEqual([
      [1, 1, 3, 3],
      [2, 1, 3, 6],
    ]);
    expect(parts.store.refs.get(`specialist/${campaignId}/best`)).toBe(end.adapter);
    expect(parts.model.loaded).toEqual([end.adapterName!]);
  });

  test("has its incumbent play the confirm seeds again, with other sampling, while the base's play is used again", async () => {
    const sampling = { temperature: 1, maxTokens: 512, seed: 0 };
    const play = { game: "ring", model: "hash:model", tasks: ["left"], agent: { logCalls: 1, planCalls: 3 }, sampling };
    const { parts, end } = await whole(freshFolder(), { decisions, settings: { ...settings, play }, base: 5 });
    const [first, second] = await trialsOf(parts, end);
    const before = await evaluation(parts, first!.tests[0]!.candidate);
    const after = await evaluation(parts, second!.tests[0]!.opponent);
    expect(after.adapter).toBe(before.adapter!);
    expect(after.episodes[0]?.seed).toBe(before.episodes[0]!.seed);
    expect(after.episodes[0]?.record).not.toBe(before.episodes[0]!.record);
    const [baseThen, baseNow] = [first!.tests[0]!.opponent, second!.tests[1]!.opponent];
    const [then, now] = [await evaluation(parts, baseThen), await evaluation(parts, baseNow)];
    expect(now.episodes[0]).toEqual(then.episodes[0]!);
  });
});

describe("collection", () => {
  test("plays each seed as often as asked, hotter if asked, and never on a seed of another purpose", async () => {
    const settings = { collection: { seeds: 2, samples: 2, temperature: 1.5 } };
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([5]) }, settings });
    expect(told(parts, "collected")).toMatchObject([{ round: 1, episodes: 4, missing: 0 }]);
    const [trial] = await trialsOf(parts, end);
    const dataset = await parts.store.records.get(trial!.dataset!, "automem.dataset/1");
    for (const hash of dataset.episodes) {
      const { seed, settings } = await parts.store.records.get(hash, "automem.episode/1");
      expect([400, 401]).toContain(seed);
      expect((settings as { sampling: { temperature: number } }).sampling.temperature).toBe(1.5);
    }
    const select = await evaluation(parts, trial!.configurations[0]!.select!);
    const tested = await parts.store.records.get(select.episodes[0]!.record!, "automem.episode/1");
    expect((tested.settings as { sampling: { temperature: number } }).sampling.temperature).not.toBe(1.5);
  });

  test("that has too few seeds for all rounds is refused before anything is played", async () => {
    const refused = whole(freshFolder(), { decisions: {}, settings: { rounds: 3 } });
    await expect(refused).rejects.toMatchObject({ code: "too-few-seeds", data: { needed: 9, present: 8 } });
  });
});

describe("data", () => {
  test("of an earlier trial is used again, and an equal training is not done twice", async () => {
    const { parts, end } = await whole(freshFolder(), {
      decisions: {
        "1.1": planOf([5]),
        "1.2": (frame) => reuseOf(frame.datasets[0]!.hash, [5, 7]),
      },
      settings: { trials: 2 },
    });
    const [first, second] = await trialsOf(parts, end);
    expect(second!.dataset).toBe(first!.dataset!);
    expect(second!.configurations[0]).toEqual(first!.configurations[0]!);
    expect(parts.fakeTrainer.begun.map(({ out }) => out.split("/").at(-1))).toEqual(["t1.1", "t2.2"]);
    expect(told(parts, "dataset").map(({ reused }) => reused)).toEqual([false, true]);
    const [summary] = parts.decider.frames[1]!.datasets;
    expect(summary!.lines).toBeGreaterThan(0);
    expect(Object.values(summary!.items).reduce((sum, count) => sum + count, 0)).toBe(summary!.lines);
  });
});

describe("a campaign ends", () => {
  test("as futile after so many trials in a row without an adapter that looks better", async () => {
    const decisions = Object.fromEntries([1, 2, 3, 4, 5].map((trial) => [`1.${trial}`, planOf([trial])]));
    const settings = { trials: 5, patience: 2, rounds: 2 };
    const { parts, end } = await whole(freshFolder(), { decisions, settings });
    expect([end.reason, end.trials.length]).toEqual(["futile", 2]);
    expect(parts.releasedAfter).toEqual(["trial-end", "trial-end"]);
  });

  test("when the decider has nothing left in the last round; before, the next round begins", async () => {
    const decisions = { "2.1": planOf([5]) };
    const { parts, end } = await whole(freshFolder(), { decisions, settings: { trials: 3, rounds: 2 } });
    expect(end.reason).toBe("decider-done");
    expect(parts.decider.frames.map(({ round, trial }) => `${round}.${trial}`)).toEqual(["1.1", "2.1", "2.2"]);
    expect(told(parts, "nothing-left").map(({ round, reason }) => `${round}: ${reason}`)).toEqual([
      "1: nothing is left",
      "2: nothing is left",
    ]);
    // The decision that began no trial has used up a number, so each decision has a name of its own.
    expect((await trialsOf(parts, end)).map(({ key }) => key)).toEqual(["t2"]);
  });
});
