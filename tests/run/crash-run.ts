/** A run of the ring game with the model of a counting server, for the crash tests: played in a child that is killed, taken up in the test. */
import { parseModelName } from "../../src/core/model-name.ts";
import { openOpenAi } from "../../src/inference/openai/model.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import type { RunSummary } from "../../src/run/summary.ts";
import { Store } from "../../src/store/store.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
import { RingGame, ringScaffold, ringSettings } from "./support.ts";

export interface CrashRun {
  store: string;
  model: string;
  /** Steps of an episode. */
  steps: number;
  seeds: number[];
  parallel: number;
  /** Absent: a new run. */
  runId?: string | undefined;
}

/** Plays or resumes to the end. `onOpen` is called when all is loaded and play begins. */
export async function playCrashRun(given: CrashRun, onOpen: () => void = () => undefined): Promise<RunSummary> {
  const store = await Store.open(given.store);
  const scaffold = Object.assign(ringScaffold(), { hash: await keepSomeScaffold(store) });
  const settings = { contextTokens: 100_000, sequences: 1 };
  const model = await openOpenAi(parseModelName(given.model), settings, {
    startEngine: () => Promise.reject(new Error("no engine here")),
    modelFiles: { find: () => Promise.resolve(undefined), list: () => Promise.reject(new Error("no models here")) },
    fetch,
    clock: systemClock,
    env: {},
  });
  const { steps, seeds, parallel, runId } = given;
  const openGame = async () => new RingGame(steps);
  const dependencies = { store, openGame, model, scaffold, clock: systemClock, automemVersion: "0.1.0" };
  onOpen();
  if (runId !== undefined) return resumeRun(dependencies, runId);
  return startRun(dependencies, { settings: ringSettings({ seeds, parallel, model: given.model }), commandLine: [] });
}
