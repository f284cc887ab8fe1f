/** Further runs of the made-up game, in a store that has some: other limits, so that they play otherwise. */
import * as v from "valibot";
import { AgentLimits } from "../../src/core/run-settings.ts";
import { startRun } from "../../src/run/run.ts";
import type { Store } from "../../src/store/store.ts";
import { RingGame, ringDependencies, ringScaffold, ringSettings } from "../run/support.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";

export interface RingRun {
  seeds: number[];
  steps: number;
  agent?: object;
  commandLine?: string[];
  /** What is seen instead, at every step. */
  look?: () => string;
}

/** Plays to the end. The run's id. */
export async function playRing(
  store: Store,
  { seeds, steps, agent = { logCalls: 1, planCalls: 2 }, commandLine = ["run"], look }: RingRun,
): Promise<string> {
  const scaffold = Object.assign(ringScaffold(), { hash: await keepSomeScaffold(store) });
  const openGame = async () => (look === undefined ? new RingGame(steps) : showing(new RingGame(steps), look));
  const dependencies = await ringDependencies(store.folder, { store, scaffold, openGame });
  const settings = ringSettings({
    seeds,
    agent: v.parse(AgentLimits, agent),
  });
  return (await startRun(dependencies, { settings, commandLine })).runId;
}

function showing(game: RingGame, look: () => string): RingGame {
  const [reset, step] = [game.reset.bind(game), game.step.bind(game)];
  const seen = { long: look(), short: "" };
  game.reset = async (spec) => ({ ...(await reset(spec)), observation: seen });
  game.step = async (action) => ({ ...(await step(action)), observation: seen });
  return game;
}
