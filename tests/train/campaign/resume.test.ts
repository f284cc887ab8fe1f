/** Campaigns of train that were stopped, killed, or ran out of budget: they end as they would have, and pay for nothing twice. */
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { TrainerError } from "../../../src/core/errors.ts";
import { runTrainCampaign } from "../../../src/train/campaign/train-campaign.ts";
import type { TurnBatch } from "../../../src/train/selection/selector.ts";
import { campaignId, planOf, type RingOptions, type RingTraining, ringTraining } from "./support.ts";
import { freshFolder, removeRoot, whole } from "./whole.ts";

afterAll(removeRoot);

const twoRounds: RingOptions = {
  decisions: { "1.1": planOf([5, 60]), "2.1": planOf([99], { episodes: "all" }), "2.2": planOf([3]) },
  settings: {
    rounds: 2,
    trials: 2,
    collection: { seeds: 1 },
    selectSeeds: 3,
    gate: { kind: "confirm", looks: 4, maximumPairs: 12 },
  },
  base: 5,
};

/** A selector that asks a model: every look-up, six turns at a time. */
function asking(): Pick<RingOptions, "selectorFor"> & { asked: string[]; opened: string[] } {
  const asked: string[] = [];
  const opened: string[] = [];
  const open: RingTraining["selectorFor"] = () => ({
    asksModel: true,
    spent: () => ({ tokens: 1000 * asked.length, money: 0 }),
    selector: {
      identity: { name: "asking", details: {} },
      batchTurns: 6,
      criteria: async () => {
        asked.push("criteria");
        return "Look-ups.";
      },
      choose: async ({ turns }: TurnBatch, criteria: string) => {
        expect(criteria).toBe("Look-ups.");
        asked.push(turns[0]!.id);
        return turns
          .filter(({ kind }) => kind === "lookup")
          .map(({ id }) => ({ turn: id, rule: "look-up", reason: "It looked something up." }));
      },
    },
  });
  const selectorFor: RingTraining["selectorFor"] = (plan) => {
    opened.push(JSON.stringify(plan));
    return open(plan);
  };
  return { selectorFor, asked, opened };
}

describe("resume", () => {
  test("from any line of the log, the campaign ends in the same record, and no call, decision, answer or training is repeated", async () => {
    const folder = freshFolder();
    const first = asking();
    const uncut = await whole(folder, { ...twoRounds, ...first });
    const logPath = uncut.parts.store.campaigns.logPath(campaignId);
    const lines = readFileSync(logPath, "utf8").split("\n").slice(0, -1);
    const runs = (some: readonly string[]) => some.filter((line) => line.includes('/run"')).length;
    expect(first.asked.length).toBeGreaterThan(8);
    expect(lines.length).toBeGreaterThan(40);
    for (let kept = 0; kept <= lines.length; kept++) {
      const copy = freshFolder();
      cpSync(folder, copy, { recursive: true });
      writeFileSync(
        logPath.replace(folder, copy),
        lines
          .slice(0, kept)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const selector = asking();
      const again = await whole(copy, { ...twoRounds, ...selector });
      const keptText = lines.slice(0, kept).join("\n");
      expect([kept, JSON.stringify(again.end)]).toEqual([kept, JSON.stringify(uncut.end)]);
      expect([kept, again.spent.tokens, again.spent.episodes]).toEqual([
        kept,
        uncut.spent.tokens,
        uncut.spent.episodes,
      ]);
      const answered = keptText.split("/batch/").length - 1 + (keptText.split('/criteria"').length - 1);
      // What was built of answers is kept as well: they are not asked for again where it is, nor where they are.
      expect([kept, selector.asked.length]).toEqual([kept, first.asked.length - answered]);
      const built = keptText.split('"dataset/').length - 1;
      expect([kept, selector.opened.length]).toEqual([kept, first.opened.length - built]);
      const decided = keptText.split('"decide/').length - 1;
      expect([kept, again.parts.decider.frames.length]).toEqual([kept, uncut.parts.decider.frames.length - decided]);
      for (const { out } of again.parts.fakeTrainer.begun)
        expect(keptText).not.toContain(`training/${out.split("/").at(-1)}"`);
      for (const name of again.parts.served) expect(served(keptText, uncut.parts)).not.toContain(name);
      // Runs whose name is in the log are whole on disk: nothing is played again.
      if (runs(lines.slice(0, kept)) === runs(lines)) expect(again.parts.model.answered).toEqual([]);
    }
  }, 240_000);

  test("a stop in the middle of play loses nothing, wherever it is", async () => {
    const options = { ...twoRounds, settings: { ...twoRounds.settings, rounds: 1 } };
    const uncut = await whole(freshFolder(), options);
    const calls = uncut.parts.model.answered.length;
    for (const at of [1, 50, Math.floor(calls / 2), calls - 20]) {
      const folder = freshFolder();
      const stop = new AbortController();
      const before = (made: number) => {
        if (made === at) stop.abort();
      };
      let made = 0;
      const counted = (count: number) => {
        made = count + 1;
        before(count);
      };
      await expect(whole(folder, { ...options, before: counted, signal: stop.signal })).rejects.toMatchObject({
        code: "stopped",
      });
      const again = await whole(folder, options);
      expect([at, JSON.stringify(again.end)]).toEqual([at, JSON.stringify(uncut.end)]);
      expect([at, made + again.parts.model.answered.length]).toEqual([at, calls]);
    }
  }, 120_000);

  test("a stop in a training keeps its checkpoint: the same folder is asked for again", async () => {
    const uncut = await whole(freshFolder(), { decisions: { "1.1": planOf([95]) } });
    const folder = freshFolder();
    const stop = new AbortController();
    const onStep = (_request: unknown, step: number) => {
      if (step === 3) stop.abort();
    };
    const stopped = whole(folder, { decisions: { "1.1": planOf([95]) }, onStep, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: "stopped" });
    const again = await whole(folder, { decisions: { "1.1": planOf([95]) } });
    expect(again.parts.fakeTrainer.begun).toEqual([{ out: expect.stringMatching(/t1\.1$/), resumedFromStep: 2 }]);
    expect(JSON.stringify(again.end)).toBe(JSON.stringify(uncut.end));
  });

  test("a stop in a selection goes on with the batch that is owed", async () => {
    const folder = freshFolder();
    const options = { decisions: { "1.1": planOf([95]) } };
    const stop = new AbortController();
    const first = asking();
    const selectorFor: RingTraining["selectorFor"] = (asked) => {
      const open = first.selectorFor!(asked);
      const { choose } = open.selector;
      const stopping: typeof choose = (batch, criteria) => {
        if (first.asked.length === 4) {
          stop.abort();
          stop.signal.throwIfAborted();
        }
        return choose(batch, criteria);
      };
      return { ...open, selector: { ...open.selector, choose: stopping } };
    };
    await expect(whole(folder, { ...options, selectorFor, signal: stop.signal })).rejects.toMatchObject({
      code: "stopped",
    });
    const rest = asking();
    const again = await whole(folder, { ...options, ...rest });
    const uncut = asking();
    const { end } = await whole(freshFolder(), { ...options, ...uncut });
    expect(first.asked.concat(rest.asked)).toEqual(uncut.asked);
    expect(JSON.stringify(again.end)).toBe(JSON.stringify(end));
  });

  test("the report seeds are opened once, and before the first of them is played", async () => {
    const folder = freshFolder();
    const { parts } = await whole(folder, { decisions: { "1.1": planOf([95]) } });
    const text = readFileSync(parts.store.campaigns.logPath(campaignId), "utf8");
    expect(text.split('"report/opened"').length).toBe(2);
    expect(text.indexOf('"report/opened"')).toBeLessThan(text.indexOf('"play/report/'));
    const again = await whole(folder, { decisions: { "1.1": planOf([95]) } });
    expect(readFileSync(again.parts.store.campaigns.logPath(campaignId), "utf8")).toBe(text);
  });

  test("does not move a name back that has gone on since", async () => {
    const folder = freshFolder();
    const { parts, end } = await whole(folder, twoRounds);
    expect(end.trials.length).toBe(3);
    expect(parts.store.refs.get(`specialist/${campaignId}/t1`)).not.toBe(end.adapter);
    const again = await ringTraining(folder, twoRounds);
    const best: (string | undefined)[] = [];
    again.tell = ({ kind }) => {
      if (kind === "trial-end") best.push(again.store.refs.get(`specialist/${campaignId}/best`));
    };
    await runTrainCampaign(again);
    await again.log.close();
    again.store.close();
    expect(best).toEqual([end.adapter, end.adapter, end.adapter]);
  });
});

/** Names of adapters whose serving is kept. */
function served(keptText: string, { happenings }: RingTraining): string[] {
  return happenings.flatMap((event) =>
    event.kind === "trained" && keptText.includes(`"serving/${event.key}"`) ? [event.adapter] : [],
  );
}

describe("a budget", () => {
  const options: RingOptions = { decisions: { "1.1": planOf([95]) }, settings: { report: "never" } };
  const limited = (budget: object): RingOptions => ({ ...options, settings: { ...options.settings, budget } });

  test("of episodes ends the work before the step that does not fit, and a larger one goes on", async () => {
    const folder = freshFolder();
    await expect(whole(folder, limited({ episodes: 8 }))).rejects.toMatchObject({ code: "campaign-budget" });
    const again = await whole(folder, options);
    expect(again.end.adapter).toBeDefined();
    expect(again.spent.episodes).toBeGreaterThan(8);
  });

  test("of tokens counts what earlier processes spent, decider and selector among it", async () => {
    const folder = freshFolder();
    const { spent } = await whole(freshFolder(), { ...options, ...asking() });
    const half = { ...limited({ tokens: Math.floor(spent.tokens / 2) }), ...asking() };
    await expect(whole(folder, half)).rejects.toMatchObject({ code: "campaign-budget" });
    await expect(whole(folder, half)).rejects.toMatchObject({ code: "campaign-budget" });
    const again = await whole(folder, { ...options, ...asking() });
    expect(again.spent.tokens).toBe(spent.tokens);
  });

  test("of tokens ends a selection between two answers", async () => {
    const folder = freshFolder();
    const first = asking();
    const parts = await ringTraining(freshFolder(), { ...options, ...first });
    let before = 0;
    parts.tell = ({ kind }) => {
      if (kind === "decided") before = parts.spending.total().tokens;
    };
    await runTrainCampaign(parts);
    await parts.log.close();
    parts.store.close();
    const few = asking();
    const stopped = whole(folder, { ...limited({ tokens: before + 2500 }), ...few });
    await expect(stopped).rejects.toMatchObject({ code: "campaign-budget" });
    expect(few.asked.length).toBe(3);
    const rest = asking();
    await whole(folder, { ...options, ...rest });
    expect(few.asked.length + rest.asked.length).toBe(first.asked.length);
  });

  test("of seconds that a training uses up stops it at a checkpoint; its own limit fails it", async () => {
    const onStep = () => {
      throw new TrainerError("too slow", { code: "timeout" });
    };
    const folder = freshFolder();
    await expect(whole(folder, { ...limited({ seconds: 600 }), onStep })).rejects.toMatchObject({
      code: "campaign-budget",
    });
    const own = await whole(freshFolder(), {
      ...options,
      settings: { ...options.settings, trainingSeconds: 60, budget: { seconds: 600 } },
      onStep,
    });
    const trial = await own.parts.store.records.get(own.end.trials[0]!, "automem.trial/1");
    expect(trial.failure).toMatchObject({ stage: "training", code: "timeout" });
  });
});
