/** Replays of episodes as the store keeps them: overflows, failures and long episodes among them. */
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { keepScaffold } from "../../../src/campaign/kept-scaffold.ts";
import { recordedEpisode } from "../../../src/run/replay/recorded-episode.ts";
import { replayScaffold } from "../../../src/run/replay/replay-scaffold.ts";
import { startRun } from "../../../src/run/run.ts";
import { loadBase } from "../../scaffolds/base-package.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { RingGame, ringDependencies, ringSettings } from "../support.ts";

afterAll(removeFolders);

test("of any replies, overflows among them, a replay with the recorded scaffold shows no difference", async () => {
  const scaffold = await loadBase();
  const openGame = async () => new RingGame(40);
  const dependencies = await ringDependencies(join(freshFolder(), "store"), { scaffold, openGame });
  const { store } = dependencies;
  await keepScaffold(store, scaffold);
  const settings = ringSettings({ seeds: [1, 2, 3, 4, 5, 6] });
  const { runId } = await startRun(dependencies, { settings, commandLine: [] });
  const run = await store.runs.open(runId);
  const ends = new Set<string>();
  for (const { key } of run.episodes) {
    const { record } = (await run.folder.peekState(key))!;
    const episode = await recordedEpisode(store, record!, key);
    const { steps, complete, differences, extraCalls } = await replayScaffold(scaffold, episode);
    expect({ steps, complete, differences, extraCalls }).toEqual({
      steps: 40,
      complete: true,
      differences: {},
      extraCalls: 0,
    });
    for await (const entry of episode.entries())
      if (entry.kind === "phase-end") ends.add(`${entry.phase} ${entry.reason}`);
  }
  // What was replayed is not all of one kind.
  expect([...ends].sort()).toEqual([
    "log call-limit",
    "log context-full",
    "log done",
    "log no-operation",
    "plan action",
    "plan call-limit",
  ]);
});

test("an episode of several segments is replayed whole, and from its beginning as far as asked", async () => {
  const scaffold = await loadBase();
  const openGame = async () => new RingGame(600);
  const dependencies = await ringDependencies(join(freshFolder(), "store"), { scaffold, openGame });
  await keepScaffold(dependencies.store, scaffold);
  const settings = ringSettings({ agent: { ...ringSettings().agent, logCalls: 1, planCalls: 1 } });
  const { runId } = await startRun(dependencies, { settings, commandLine: [] });
  const run = await dependencies.store.runs.open(runId);
  const { record } = (await run.folder.peekState(run.episodes[0]!.key))!;
  const episode = await recordedEpisode(dependencies.store, record!, "long");
  const whole = await replayScaffold(scaffold, episode);
  expect([whole.steps, whole.complete, whole.differences]).toEqual([600, true, {}]);
  expect(await replayScaffold(scaffold, episode, { limitSteps: 300 })).toMatchObject({ steps: 300, complete: false });
});
