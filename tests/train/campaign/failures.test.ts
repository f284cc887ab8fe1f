/** Trials that fail, each at its stage, with a row in the ledger; and what is no trial's fault, which halts the campaign with everything kept. */
import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  ConfigError,
  GameError,
  PluginError,
  ProviderError,
  StoreError,
  TrainerError,
} from "../../../src/core/errors.ts";
import type { TrainEndRecord, TrialRecord } from "../../../src/core/trial.ts";
import { RingGame } from "../../run/support.ts";
import { FakeTrainer } from "./fake-trainer.ts";
import { planOf, type RingOptions, type RingTraining, reuseOf } from "./support.ts";
import { freshFolder, removeRoot, whole } from "./whole.ts";

afterAll(removeRoot);

async function trialsOf({ store }: RingTraining, end: TrainEndRecord): Promise<TrialRecord[]> {
  return Promise.all(end.trials.map((trial) => store.records.get(trial, "automem.trial/1")));
}

/** The first trial as `options` have it go, and what the decider is shown of it. */
async function failing(options: Partial<RingOptions>) {
  const decisions = { "1.1": planOf([95]), ...options.decisions };
  const { parts, end } = await whole(freshFolder(), {
    ...options,
    decisions,
    settings: { trials: 2, ...options.settings },
  });
  const [trial] = await trialsOf(parts, end);
  const [row] = parts.decider.frames[1]!.ledger;
  return { parts, end, trial: trial!, row: row! };
}

const trainerFault = (code: string) => new TrainerError(`it went wrong: ${code}`, { code });

describe("a trial fails", () => {
  test("in collection, where no episode of the round was finished", async () => {
    const openGame = async () =>
      new RingGame(6, ({ seed }) => {
        if (seed >= 400) throw new GameError("broken", { code: "game-lost" });
      });
    const play = {
      game: "ring",
      model: "hash:model",
      tasks: ["left"],
      agent: { logCalls: 1, planCalls: 3 },
      restarts: 0,
    };
    const { parts, trial, row } = await failing({ openGame, settings: { retries: 0, play } });
    expect(trial).toMatchObject({
      outcome: "failed",
      failure: { stage: "collection", code: "no-episodes" },
      configurations: [],
    });
    expect(trial.dataset).toBeUndefined();
    expect(row).toMatchObject({ outcome: "failed", failure: trial.failure!, why: trial.why });
    expect(parts.happenings.find(({ kind }) => kind === "collected")).toMatchObject({ episodes: 0, missing: 3 });
    expect(parts.decider.frames[0]!.episodes).toEqual({ round: 0, all: 0, meanProgress: undefined });
  });

  test("in selection, where nothing was chosen, and the campaign goes on", async () => {
    const none = planOf([95]);
    if (none.kind === "plan" && none.plan.data.kind === "build") none.plan.data.outcome.kinds = [];
    const { trial, end } = await failing({ decisions: { "1.1": none, "1.2": planOf([95]) } });
    expect(trial).toMatchObject({ outcome: "failed", failure: { stage: "selection", code: "no-items" } });
    expect(trial.why).toContain("No turn is left");
    expect(end.adapter).toBeDefined();
  });

  test("in selection, where a selector chooses what it was not shown", async () => {
    const selectorFor: RingTraining["selectorFor"] = () => ({
      asksModel: true,
      spent: () => ({ tokens: 0, money: 0 }),
      selector: {
        identity: { name: "liar", details: {} },
        batchTurns: 100,
        criteria: async () => "any",
        choose: async () => [{ turn: `${"a".repeat(64)}:0:plan:0`, rule: "x", reason: "made up" }],
      },
    });
    const { trial } = await failing({ selectorFor });
    expect(trial.failure).toMatchObject({ stage: "selection", code: "bad-selection" });
  });

  test("in selection, where data is to be used again that there is not", async () => {
    const { trial } = await failing({ decisions: { "1.1": reuseOf("b".repeat(64), [95]) } });
    expect(trial.failure).toMatchObject({ stage: "selection", code: "unknown-dataset" });
  });

  for (const code of [
    "bad-recipe",
    "bad-dataset",
    "out-of-memory",
    "loss-not-finite",
    "training-failed",
    "template",
    "timeout",
    "a-plugins-own",
  ]) {
    test(`in training with ${code}, at once`, async () => {
      const onStep = () => {
        throw trainerFault(code);
      };
      const { parts, trial, row } = await failing({ onStep });
      const failure = { stage: "training", code, reason: `it went wrong: ${code}` };
      expect(trial).toMatchObject({ outcome: "failed", failure, configurations: [{ failure }] });
      expect(trial.dataset).toBeDefined();
      expect(trial.configurations[0]!.adapter).toBeUndefined();
      expect(row.configurations[0]!.failure).toEqual(failure as never);
      expect(parts.fakeTrainer.begun.length).toBe(1);
      expect(parts.happenings.filter(({ kind }) => kind === "configuration-failed")).toMatchObject([
        { key: "t1.1", failure },
      ]);
    });
  }

  test.each(["trainer-lost", "worker-lost"])(
    "in training with %s after the third time, each from the last checkpoint",
    async (code) => {
      const onStep = (_request: unknown, step: number) => {
        if (step === 2) throw trainerFault(code);
      };
      const { parts, trial } = await failing({ onStep });
      expect(trial.failure).toMatchObject({ stage: "training", code });
      expect(parts.fakeTrainer.begun.map(({ resumedFromStep }) => resumedFromStep)).toEqual([0, 1, 1]);
      expect(new Set(parts.fakeTrainer.begun.map(({ out }) => out)).size).toBe(1);
    },
  );

  test("in training, where the files are not what they must be", async () => {
    const keepTrained = async () => {
      throw new ConfigError("no weights in it", { code: "bad-adapter-file" });
    };
    const { trial } = await failing({ keepTrained });
    expect(trial.failure).toEqual({ stage: "training", code: "bad-adapter-file", reason: "no weights in it" });
  });

  test.each(["adapter-unverified", "refused"])("in serving with %s, and the adapter is let go", async (code) => {
    const serve = () => {
      throw new ProviderError("no", { code });
    };
    const { parts, trial } = await failing({ serve });
    expect(trial).toMatchObject({ outcome: "failed", failure: { stage: "serving", code } });
    const [{ adapter, adapterName, training, select }] = trial.configurations as [
      TrialRecord["configurations"][number],
    ];
    expect([adapter, adapterName, training].every((hash) => hash !== undefined)).toBe(true);
    expect(select).toBeUndefined();
    expect(parts.released).toEqual([adapterName!]);
  });

  test("in serving, where an adapter that was verified is refused when it is to play, for good", async () => {
    const folder = freshFolder();
    const decisions = { "1.1": planOf([95]) };
    const enter = throwing(new ProviderError("no", { code: "refused" }));
    const { parts, end } = await whole(folder, { decisions, enter });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ outcome: "failed", failure: { stage: "serving", code: "refused" } });
    expect(trial!.configurations[0]!.parity).toBeDefined();
    // What was decided since rests on it, though the server may take the adapter by now.
    const again = await whole(folder, { decisions });
    expect(again.end).toEqual(end);
    expect(again.parts.model.answered).toEqual([]);
  });

  test("in serving, where the server says something else than the trainer", async () => {
    const parity = async (_adapter: unknown, _trained: unknown, prompts: readonly unknown[]) => ({
      equal: prompts.length - 1,
      of: prompts.length,
    });
    const { trial } = await failing({ parity });
    expect(trial.failure).toMatchObject({ stage: "serving", code: "parity" });
    expect(trial.configurations[0]!.parity).toEqual({ equal: 2, of: 3 });
  });

  test("in evaluation, where none of its episodes was finished", async () => {
    // Only who goes on on each step gets to room 6.
    const openGame = async () =>
      new (class extends RingGame {
        override async step(action: string) {
          const transition = await super.step(action);
          if ((transition.info as { room: number }).room === 3) throw new GameError("broken", { code: "game-lost" });
          return transition;
        }
      })();
    const play = {
      game: "ring",
      model: "hash:model",
      tasks: ["left"],
      agent: { logCalls: 1, planCalls: 3 },
      restarts: 0,
    };
    const settings = { retries: 0, play };
    const { trial } = await failing({ openGame, base: 10, decisions: { "1.1": planOf([100]) }, settings });
    expect(trial).toMatchObject({ outcome: "failed", failure: { stage: "evaluation", code: "no-episodes" } });
  });
});

describe("one configuration of two that fails", () => {
  test("stands in the row, and the other is tested", async () => {
    const onStep = ({ recipe }: { recipe: { rank: number } }) => {
      if (recipe.rank === 90) throw trainerFault("out-of-memory");
    };
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([90, 95]) }, onStep });
    const [trial] = await trialsOf(parts, end);
    expect(trial).toMatchObject({ outcome: "accepted", best: 1 });
    expect(trial!.failure).toBeUndefined();
    expect(trial!.configurations[0]!.failure).toMatchObject({ stage: "training", code: "out-of-memory" });
    expect(end.adapterName).toBe(trial!.configurations[1]!.adapterName!);
  });

  test("for a lost trainer that comes back is no failure", async () => {
    let lost = 0;
    const onStep = (_request: unknown, step: number) => {
      if (step === 3 && lost++ < 2) throw trainerFault("trainer-lost");
    };
    const { parts, end } = await whole(freshFolder(), { decisions: { "1.1": planOf([95]) }, onStep });
    expect(parts.fakeTrainer.begun.map(({ resumedFromStep }) => resumedFromStep)).toEqual([0, 2, 2]);
    expect((await trialsOf(parts, end))[0]!.outcome).toBe("accepted");
  });
});

describe("the campaign halts, with nothing in the ledger, and goes on", () => {
  const cases: Record<string, { fault: Error; options: (fault: Error) => Partial<RingOptions> }> = {
    "where the trainer's base is missing": {
      fault: trainerFault("missing-model"),
      options: (fault) => ({ onStep: throwing(fault) }),
    },
    "where the trainer cannot be started": {
      fault: new TrainerError("no such command", { code: "trainer-lost" }),
      options: (fault) => ({ trainer: throwing(fault) }),
    },
    "where the plugin is missing": {
      fault: new PluginError("not installed", { code: "not-installed" }),
      options: (fault) => ({ trainer: throwing(fault) }),
    },
    "where the server cannot be reached": {
      fault: new ProviderError("no answer", { code: "unreachable" }),
      options: (fault) => ({ serve: throwing(fault) }),
    },
    "where the store cannot be written": {
      fault: new StoreError("disk full", { code: "no-space" }),
      options: (fault) => ({ keepTrained: throwing(fault) }),
    },
    "where automem itself is at fault": {
      fault: new TypeError("a bug"),
      options: (fault) => ({ serve: throwing(fault) }),
    },
  };
  for (const [name, { fault, options }] of Object.entries(cases)) {
    test(name, async () => {
      const folder = freshFolder();
      const decisions = { "1.1": planOf([95]) };
      const settings = { report: "never" as const };
      const halted = whole(folder, { decisions, settings, ...options(fault) });
      await expect(halted).rejects.toThrow(fault.message);
      const again = await whole(folder, { decisions, settings });
      expect(again.end.adapter).toBeDefined();
      expect(again.parts.decider.frames).toEqual([]);
    });
  }
});

test("a trainer that was lost is asked for anew each time", async () => {
  const trainers: FakeTrainer[] = [];
  const trainer = async () => {
    const first = trainers.length === 0;
    const made = new FakeTrainer(first ? throwing(trainerFault("trainer-lost")) : undefined);
    trainers.push(made);
    return made;
  };
  const folder = freshFolder();
  const { end } = await whole(folder, { decisions: { "1.1": planOf([95]) }, trainer, settings: { report: "never" } });
  expect(end.adapter).toBeDefined();
  expect(trainers.length).toBe(2);
  expect(readdirSync(join(folder, "work"))).toContain("t1.1");
});

function throwing(fault: Error): () => never {
  return () => {
    throw fault;
  };
}
