/** Episodes played again: recorded actions in the real game, recorded replies through the agent, models asked once more. */
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { keepScaffold } from "../../../src/campaign/kept-scaffold.ts";
import type { ChatMessage, ChatOptions } from "../../../src/core/chat-model.ts";
import type { Game } from "../../../src/core/game.ts";
import { recordedEpisode } from "../../../src/run/replay/recorded-episode.ts";
import { replayAgent } from "../../../src/run/replay/replay-agent.ts";
import { replayGame } from "../../../src/run/replay/replay-game.ts";
import { startRun } from "../../../src/run/run.ts";
import { loadBase } from "../../scaffolds/base-package.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { HashModel, RingGame, ringDependencies, ringSettings } from "../support.ts";

afterAll(removeFolders);

/** Episodes of a ring of twelve steps with the base scaffold, played by a model that also overflows. */
async function recorded(seeds = [1, 2, 3], maxSteps?: number) {
  const scaffold = await loadBase();
  const openGame = async () => new RingGame(12);
  const dependencies = await ringDependencies(join(freshFolder(), "store"), { scaffold, openGame });
  const { store } = dependencies;
  await keepScaffold(store, scaffold);
  const settings = ringSettings({ seeds, ...(maxSteps === undefined ? {} : { maxSteps }) });
  const { runId } = await startRun(dependencies, { settings, commandLine: [] });
  const run = await store.runs.open(runId);
  const episodes = await Promise.all(
    run.episodes.map(async ({ key }) => {
      const { record } = (await run.folder.peekState(key))!;
      return recordedEpisode(store, record!, key);
    }),
  );
  return { scaffold, episodes };
}

test("the recorded actions show in the real game what they showed then, to the end", async () => {
  const { episodes } = await recorded();
  for (const episode of episodes) {
    const replay = await replayGame(new RingGame(12), episode, { maxSteps: undefined });
    expect(replay).toMatchObject({ start: undefined, observations: 13, equal: 13, first: undefined });
    expect(replay.digest).toBe(replay.recordedDigest);
    expect(replay.end.found).toEqual(replay.end.recorded!);
  }
});

test("a run's own limit of steps ends a replay as it ended the run", async () => {
  const { episodes } = await recorded([4], 5);
  const replay = await replayGame(new RingGame(12), episodes[0]!, { maxSteps: 5 });
  expect(replay).toMatchObject({ start: undefined, observations: 6, equal: 6 });
  expect(replay.end.found).toEqual(replay.end.recorded!);
  expect(replay.end.found.reason).toBe("step-limit");
  expect((await replayGame(new RingGame(12), episodes[0]!, { maxSteps: undefined })).start?.path).toBe("maxSteps");
});

test("a game that shows something else, or ends before its time, differs: where first, and how many are equal", async () => {
  const { episodes } = await recorded([1]);
  const altered: Game = new (class extends RingGame {
    override async step(action: string) {
      const transition = await super.step(action);
      return transition.observation.short === "step 3" ? { ...transition, reward: 9 } : transition;
    }
  })(12);
  const replay = await replayGame(altered, episodes[0]!, { maxSteps: undefined });
  expect(replay).toMatchObject({ observations: 13, equal: 12 });
  expect(replay.first).toMatchObject({ stepIndex: 3, difference: { path: "transition.reward", found: "9" } });
  expect(replay.digest).not.toBe(replay.recordedDigest);
  expect(replay.end.found.episodeReturn).not.toBe(replay.end.recorded!.episodeReturn);

  const short = await replayGame(new RingGame(7), episodes[0]!, { maxSteps: undefined });
  expect(short.start?.path).toBe("maxSteps");
  expect(short).toMatchObject({ equal: 7, first: { stepIndex: 7 } });
  expect(short.end.found.steps).toBe(7);
});

test("the agent makes the recorded prompts, operations and actions of the recorded replies, overflows among them", async () => {
  const { scaffold, episodes } = await recorded([1, 2, 3, 4, 5, 6]);
  for (const episode of episodes) {
    const replay = await replayAgent(scaffold, episode);
    expect(replay.first).toBeUndefined();
    expect(replay.equal).toBe(replay.entries);
    expect(replay.entries).toBeGreaterThan(60);
    expect(replay.calls).toEqual({ asked: 0, equal: 0, first: undefined });
  }
});

test("another scaffold parts from the recording at its first other prompt", async () => {
  const { scaffold, episodes } = await recorded([1]);
  const other = {
    ...scaffold,
    hash: scaffold.hash,
    manifest: scaffold.manifest,
    open: async (...given: Parameters<typeof scaffold.open>) => {
      const session = await scaffold.open(...given);
      const planPrompt = session.planPrompt.bind(session);
      session.planPrompt = (context, memory) => (context.stepIndex === 2 ? "Go!" : planPrompt(context, memory));
      return session;
    },
  };
  const replay = await replayAgent(other, episodes[0]!);
  expect(replay.first).toMatchObject({ stepIndex: 2, kind: "call" });
  expect(replay.first!.difference.found).toContain("Go!");
  expect(replay.equal).toBe(replay.entries - 1);
});

/** Answers as the ring's model does; calls that did not fit then are not made again. */
class AgainModel extends HashModel {
  readonly asked: { messages: readonly ChatMessage[]; options: ChatOptions }[] = [];
  readonly #other: (asked: number) => boolean;

  constructor(other: (asked: number) => boolean = () => false) {
    super();
    this.#other = other;
  }

  override async chat(messages: readonly ChatMessage[], options: ChatOptions) {
    this.asked.push({ messages, options });
    const reply = await super.chat(messages, options);
    return this.#other(this.asked.length) ? { ...reply, text: `${reply.text} But why?` } : reply;
  }
}

test("a model asked again is sent what was sent then; equal replies are counted, the first other one is told and not played", async () => {
  const { scaffold, episodes } = await recorded([1]);
  const model = new AgainModel();
  const same = await replayAgent(scaffold, episodes[0]!, { ask: { base: { model } }, cacheKey: "again/left-s1" });
  expect(same.first).toBeUndefined();
  expect(same.calls.asked).toBeGreaterThan(20);
  expect(same.calls).toEqual({ asked: model.asked.length, equal: model.asked.length, first: undefined });
  expect(new Set(model.asked.map(({ options }) => options.cacheKey))).toEqual(
    new Set(["again/left-s1/log", "again/left-s1/plan"]),
  );

  const changed = new AgainModel((asked) => asked >= 5);
  const replay = await replayAgent(scaffold, episodes[0]!, { ask: { base: { model: changed } } });
  expect(replay.first).toBeUndefined();
  expect(replay.calls).toMatchObject({ asked: same.calls.asked, equal: 4 });
  expect(replay.calls.first!.difference.found).toContain("But why?");
  // The fifth call, by its place.
  const calls: { stepIndex: number; phase: string }[] = [];
  for await (const entry of episodes[0]!.entries()) if (entry.kind === "call") calls.push(entry);
  expect(replay.calls.first).toMatchObject({ stepIndex: calls[4]!.stepIndex, phase: calls[4]!.phase });
});
