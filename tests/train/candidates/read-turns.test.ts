import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hashJson } from "../../../src/core/hash.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import type { OperationSpec } from "../../../src/core/scaffold.ts";
import type { Store } from "../../../src/store/store.ts";
import { readTurns, readTurnTexts } from "../../../src/train/candidates/read-turns.ts";
import { TrainingSeeds } from "../../../src/train/candidates/training-seeds.ts";
import type { TurnSummary } from "../../../src/train/candidates/turn.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, place, recordEpisode, sourceOf, trainSet } from "../support.ts";

let store: Store;

beforeAll(async () => {
  store = await freshStore();
});

afterAll(() => {
  store.close();
  removeFolders();
});

async function turnsOf(entries: Iterable<JournalEntry>, specs: OperationSpec[] = []): Promise<TurnSummary[]> {
  return (await readTurns(sourceOf(store, specs), await recordEpisode(store, entries))).turns;
}

function at(turns: readonly TurnSummary[], wanted: string): TurnSummary {
  const found = turns.find((turn) => place(turn) === wanted);
  if (found === undefined) throw new Error(`no turn at ${wanted}`);
  return found;
}

describe("episodes that may become data", () => {
  test("are those on training seeds of the game alone", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"));
    const record = await store.records.get(episode.record, "automem.episode/1");
    const seeds = new TrainingSeeds(trainSet, []);
    expect(() => seeds.admit(episode.record, { ...record, seed: 2000 })).toThrow("must not become training data");
    expect(() => seeds.admit(episode.record, { ...record, game: { ...record.game, name: "chess" } })).toThrow("chess");
    const select = { ...trainSet, name: "select", purpose: "select" as const };
    expect(() => new TrainingSeeds(select, [])).toThrow("is for select");
    expect(() => new TrainingSeeds(trainSet, [{ ...select, seeds: [7, 1005] }])).toThrow("Seed 1005");
  });

  test("are looked at again as they are read: a record of another seed is refused", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"));
    const wrong = { ...episode, seed: 1001 };
    await expect(readTurns(sourceOf(store), wrong)).rejects.toMatchObject({ code: "sealed-seed" });
    const texts = readTurnTexts(store, wrong, new Set());
    await expect(texts.next()).rejects.toMatchObject({ code: "sealed-seed" });
  });
});

describe("the turns of a recorded play of courier", () => {
  test("are all calls, with kind, operations and what the game made of the step", async () => {
    const turns = await turnsOf(courierEntries("perfect"));
    const calls = courierEntries("perfect").filter(({ kind }) => kind === "call");
    expect(turns).toHaveLength(calls.length);
    expect(new Set(turns.map(({ id }) => id)).size).toBe(calls.length);
    const write = at(turns, "2 log 0");
    expect(write.kind).toBe("write");
    expect(write.operations.map(({ name }) => name)).toEqual(["APPEND", "DONE"]);
    expect(write.phaseEnd).toBe("done");
    const last = at(turns, "13 plan 1");
    expect(last).toMatchObject({ kind: "end", phaseEnd: "action", action: { name: "mouse", valid: true } });
    expect(last.consequences).toMatchObject({ progressAfter: 1, progressAtEnd: 1, stepsLeft: 1 });
    expect(last.consequences.consulted).toEqual([at(turns, "13 plan 0").id]);
  });

  test("know who found what they wrote, and what that led to", async () => {
    const turns = await turnsOf(courierEntries("perfect"));
    const [line] = at(turns, "2 log 0").consequences.lines;
    expect(line).toMatchObject({ file: "notes.txt", line: "lawyer: jade frog", redundant: false });
    expect(line?.foundBy).toEqual([at(turns, "10 plan 0").id, at(turns, "11 plan 0").id]);
    expect(line?.credit).toMatchObject({ turn: at(turns, "10 plan 0").id, fit: "named", gain: { afterSteps: 1 } });
    const { lookup, neededAt } = at(turns, "10 plan 0").consequences;
    expect(lookup).toMatchObject({ found: 1, empty: 0, fit: "named", gain: { afterSteps: 1 } });
    expect(lookup?.gain?.progress).toBeCloseTo(1 / 3);
    expect(neededAt).toBeUndefined();
    expect(at(turns, "2 log 0").consequences.neededAt).toBe(10);
  });

  test("are worth more the nearer the gain, and nothing without one", async () => {
    const perfect = await turnsOf(courierEntries("perfect"));
    const value = (turns: TurnSummary[], wanted: string) => at(turns, wanted).value;
    expect(value(perfect, "11 plan 0")).toBe(1);
    expect(value(perfect, "10 plan 0")).toBeCloseTo(0.9);
    expect(value(perfect, "11 plan 1")).toBe(1);
    expect(value(perfect, "2 log 0")).toBeCloseTo(0.9);
    expect(value(perfect, "1 log 0")).toBe(0.5);
    const misfiled = await turnsOf(courierEntries("misfiled"));
    expect(value(misfiled, "2 log 0")).toBe(0);
    expect(value(misfiled, "10 plan 0")).toBe(0);
    expect(at(misfiled, "10 plan 0").consequences.lookup).toMatchObject({ found: 0, empty: 1 });
    const forgetful = await turnsOf(courierEntries("forgetful"));
    expect(value(forgetful, "2 log 0")).toBe(0);
  });

  test("are the same each time they are read, and none of them knows the words of the others' prompts", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"), 1007);
    const first = await readTurns(sourceOf(store), episode);
    const second = await readTurns(sourceOf(store), episode);
    expect(hashJson(second.turns)).toBe(hashJson(first.turns));
    expect(first.turns.every(({ id, seed }) => id.startsWith(episode.record) && seed === 1007)).toBe(true);
  });

  test("give their words as the agent sent and got them", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"));
    const reader = await store.readRecord(episode.record);
    for (const stepIndex of [2, 9]) {
      const { log, plan } = await reader.step(stepIndex);
      for (const { call, messages } of [...(log?.calls ?? []), ...(plan?.calls ?? [])]) {
        const id = `${episode.record}:${stepIndex}:${call.phase}:${call.callIndex}`;
        const { value } = await readTurnTexts(store, episode, new Set([id])).next();
        expect(value).toMatchObject({ id, phase: call.phase, messages, reply: call.reply, cut: false });
        expect(value?.outcomes.length).toBeGreaterThan(0);
        expect(messages).toHaveLength(1 + 2 * call.callIndex);
      }
    }
  });
});

/** A game of `say` and words; the model's turns are given as operations. */
const actions = ["walk", "jade", "coral"].map((name) => ({ name, description: "" }));

interface MadeCall {
  phase: "log" | "plan";
  reply: string;
  speaker?: "base" | "specialist";
  operations?: Partial<Extract<JournalEntry, { kind: "operation" }>>[];
}

interface MadeStep {
  sees: string;
  calls: MadeCall[];
  action: string;
  reward?: number;
}

function* madeEpisode(steps: readonly MadeStep[]): Generator<JournalEntry> {
  yield {
    kind: "episode-start",
    task: "default",
    seed: 1000,
    gameOptions: {},
    instruction: "",
    actions,
    defaultAction: "walk",
    maxSteps: 50,
    scaffold: { name: "made", version: "1.0.0", hash: "0".repeat(64) },
    files: {},
  };
  let progress = 0;
  for (const [stepIndex, step] of [...steps, undefined].entries()) {
    const before = steps[stepIndex - 1];
    progress += (before?.reward ?? 0) / 10;
    yield {
      kind: "observation",
      stepIndex,
      observation: { long: step?.sees ?? "The end.", short: "" },
      progress,
      info: {},
      ...(before && {
        transition: {
          reward: before.reward ?? 0,
          terminated: step === undefined,
          truncated: false,
          valid: true,
          executed: before.action,
        },
      }),
    };
    if (step === undefined) break;
    for (const phase of ["log", "plan"] as const) {
      for (const [callIndex, call] of step.calls.filter((each) => each.phase === phase).entries()) {
        yield {
          kind: "call",
          stepIndex,
          phase,
          callIndex,
          speaker: call.speaker ?? "base",
          added: [{ role: "user", content: callIndex === 0 ? `${phase}\n${step.sees}` : "results" }],
          fresh: callIndex === 0,
          reply: call.reply,
          finishReason: "stop",
          usage: {},
        };
        for (const operation of call.operations ?? []) {
          yield {
            kind: "operation",
            stepIndex,
            phase,
            callIndex,
            actor: "model",
            name: "",
            arguments: [],
            status: "ok",
            result: "",
            ...operation,
          };
        }
      }
    }
    yield { kind: "action", stepIndex, raw: step.action, action: step.action, fallback: false, rejections: [] };
  }
  yield { kind: "episode-end", reason: "terminated", steps: steps.length, progress, episodeReturn: progress * 10 };
}

const append = (text: string): MadeCall => ({
  phase: "log",
  reply: `<|APPEND|>notes.txt|${text}<|END|>`,
  operations: [
    {
      name: "APPEND",
      arguments: ["notes.txt", text],
      writes: [{ file: "notes.txt", change: "append", text: `${text}\n` }],
    },
  ],
});
const search = (keyword: string, result: string): MadeCall => ({
  phase: "plan",
  reply: `<|SEARCH|>notes.txt|${keyword}<|END|>`,
  operations: [{ name: "SEARCH", arguments: ["notes.txt", keyword], result }],
});
const act = (name: string): MadeCall => ({
  phase: "plan",
  reply: `<|ACTION|>${name}<|END|>`,
  operations: [{ name: "ACTION", arguments: [name] }],
});
const step = (calls: MadeCall[], action: string, reward = 0, sees = "Here."): MadeStep => ({
  sees,
  calls,
  action,
  reward,
});

describe("credit", () => {
  test("is not given to a look-up that named another action than the one that gained", async () => {
    const turns = await turnsOf(
      madeEpisode([
        step([append("mason: coral")], "walk"),
        step([search("mason", "mason: coral"), act("jade")], "jade", 1),
      ]),
    );
    expect(at(turns, "1 plan 0").consequences.lookup?.fit).toBe("other");
    expect(at(turns, "1 plan 0").value).toBe(0);
    expect(at(turns, "0 log 0").consequences.lines[0]?.credit).toBeUndefined();
    expect(at(turns, "0 log 0").consequences.lines[0]?.foundBy).toHaveLength(1);
  });

  test("goes, in a step with several look-ups, to the one that named the action", async () => {
    const turns = await turnsOf(
      madeEpisode([
        step([append("mason: coral"), append("the sun is low")], "walk"),
        step([search("sun", "the sun is low"), search("mason", "mason: coral"), act("coral")], "coral", 1),
      ]),
    );
    expect(at(turns, "1 plan 0").consequences.lookup?.fit).toBe("other");
    expect(at(turns, "1 plan 1").value).toBe(1);
    expect(at(turns, "0 log 0").value).toBe(1);
    expect(at(turns, "0 log 1").value).toBe(0);
  });

  test("does not wait beyond a later look-up of something else", async () => {
    const turns = await turnsOf(
      madeEpisode([
        step([search("mason", "go north"), act("walk")], "walk"),
        step([search("baker", "go south"), act("walk")], "walk", 1),
      ]),
    );
    expect(at(turns, "0 plan 0").consequences.lookup?.gain).toBeUndefined();
    expect(at(turns, "1 plan 0").consequences.lookup).toMatchObject({ fit: "silent", gain: { afterSteps: 0 } });
    expect(at(turns, "0 plan 0").consequences.nextGain?.afterSteps).toBe(1);
  });

  test("waits while the same is looked up again, and through steps without a look-up", async () => {
    const same = search("mason", "go north");
    const turns = await turnsOf(
      madeEpisode([
        step([same, act("walk")], "walk"),
        step([act("walk")], "walk"),
        step([same, act("walk")], "walk", 1),
      ]),
    );
    expect(at(turns, "0 plan 0").consequences.lookup?.gain?.afterSteps).toBe(2);
    expect(at(turns, "2 plan 0").consequences.lookup?.gain?.afterSteps).toBe(0);
  });

  test("is not given where the scaffold ran another look-up that did not find what was asked for", async () => {
    const instead = (result: string): MadeCall => ({
      ...search("mason", result),
      operations: [
        {
          name: "READ",
          arguments: ["notes.txt"],
          rewrittenFrom: { name: "SEARCH", arguments: ["notes.txt", "Mason"] },
          result,
        },
      ],
    });
    const play = (note: string) =>
      turnsOf(madeEpisode([step([append(note)], "walk"), step([instead(note), act("coral")], "coral", 1)]));
    const lucky = await play("baker: coral");
    expect(at(lucky, "1 plan 0").consequences.lookup).toMatchObject({ found: 0, empty: 1 });
    expect(at(lucky, "0 log 0").consequences.lines[0]).toMatchObject({ foundBy: [] });
    const right = await play("mason: coral");
    expect(at(right, "1 plan 0").consequences.lookup).toMatchObject({ found: 1, empty: 0, fit: "named" });
    expect(at(right, "0 log 0").value).toBe(1);
  });

  test("for a line written twice stays with the turn that wrote it first", async () => {
    const turns = await turnsOf(
      madeEpisode([
        step([append("mason: coral")], "walk"),
        step([append("Mason:  coral")], "walk"),
        step([search("mason", "mason: coral\nMason:  coral"), act("coral")], "coral", 1),
      ]),
    );
    expect(at(turns, "0 log 0").value).toBe(1);
    expect(at(turns, "1 log 0").consequences.lines).toMatchObject([{ redundant: true, foundBy: [] }]);
    expect(at(turns, "1 log 0").value).toBe(0);
  });

  test("is given to a note that the prompt of PLAN showed, if it names the action", async () => {
    const turns = await turnsOf(
      madeEpisode([
        step([append("mason: coral"), append("baker: jade")], "walk"),
        step([act("coral")], "coral", 1, "The mason.\nmason: coral\nbaker: jade"),
      ]),
    );
    expect(at(turns, "0 log 0").value).toBe(1);
    expect(at(turns, "0 log 1").value).toBe(0);
  });

  test("follows what a scaffold's own operation wrote and found", async () => {
    const spec = (name: string, effect: "read" | "write"): OperationSpec => ({
      name,
      phases: effect === "read" ? ["plan"] : ["log"],
      effect,
      arguments: effect === "read" ? ["name"] : ["name", "text"],
      help: "",
    });
    const note: MadeCall = {
      phase: "log",
      reply: "",
      operations: [
        {
          name: "NOTE",
          arguments: ["mason", "coral"],
          writes: [{ file: "p.txt", change: "replace", text: "mason: coral\n" }],
        },
      ],
    };
    const recall: MadeCall = {
      phase: "plan",
      reply: "",
      operations: [{ name: "RECALL", arguments: ["mason"], result: "mason: coral" }],
    };
    const turns = await turnsOf(madeEpisode([step([note], "walk"), step([recall, act("coral")], "coral", 1)]), [
      spec("NOTE", "write"),
      spec("RECALL", "read"),
    ]);
    expect(at(turns, "0 log 0")).toMatchObject({ kind: "write", value: 1 });
    expect(at(turns, "1 plan 0")).toMatchObject({ kind: "lookup", value: 1 });
  });
});

describe("what was needed later", () => {
  test("makes a quiet turn worth nothing; the first LOG answers for step 0 too", async () => {
    const quiet: MadeCall = { phase: "log", reply: "<|DONE|>", operations: [{ name: "DONE" }] };
    const turns = await turnsOf(
      madeEpisode([
        step([act("walk")], "walk", 0, "The mason says: coral."),
        step([quiet, act("walk")], "walk", 0, "The road is long."),
        step([quiet, act("walk")], "walk", 0, "The baker says: jade."),
        step([quiet, act("walk")], "walk", 0, "The sun is low."),
        step([quiet, act("coral")], "coral", 1, "You are at the mason's door. Say the word."),
        step([quiet, act("jade")], "jade", 1, "It is dark."),
      ]),
    );
    const needed = turns
      .filter(({ kind }) => kind === "nothing")
      .map((turn) => [turn.stepIndex, turn.consequences.neededAt]);
    // Step 2 by the name of the action alone: nothing in step 5 asks for it.
    expect(needed).toEqual([
      [1, 4],
      [2, 5],
      [3, undefined],
      [4, undefined],
      [5, undefined],
    ]);
    expect(turns.filter(({ kind }) => kind === "nothing").map(({ value }) => value)).toEqual([0, 0, 0.5, 0.5, 0.5]);
    expect(at(turns, "4 plan 0").consequences.recalls).toBe(true);
    expect(at(turns, "5 plan 0").consequences.recalls).toBe(false);
  });
});

describe("with two models", () => {
  test("only the specialist's turns are candidates, and its ACTION ends consulting", async () => {
    const specialist = (call: MadeCall): MadeCall => ({ ...call, speaker: "specialist" });
    const turns = await turnsOf(
      madeEpisode([
        step([specialist(append("mason: coral"))], "walk"),
        step(
          [
            specialist(search("mason", "mason: coral")),
            specialist({ phase: "plan", reply: "<|ACTION|>coral<|END|>" }),
            search("mason", "mason: coral"),
            act("coral"),
          ],
          "coral",
          1,
        ),
      ]),
    );
    expect(turns.map((turn) => [place(turn), turn.kind])).toEqual([
      ["0 log 0", "write"],
      ["1 plan 0", "lookup"],
      ["1 plan 1", "end"],
    ]);
    expect(turns.every(({ speaker }) => speaker === "specialist")).toBe(true);
    expect(turns.map(({ value }) => value)).toEqual([1, 1, 1]);
  });
});
