/** A store with all that a store can hold: finished runs, one stopped in its second segment, a scaffold, a ref. */
import { join } from "node:path";
import * as v from "valibot";
import type { Hash } from "../../src/core/hash.ts";
import { AgentLimits } from "../../src/core/run-settings.ts";
import { startRun } from "../../src/run/run.ts";
import { Store } from "../../src/store/store.ts";
import { RingGame, ringDependencies, ringScaffold, ringSettings } from "../run/support.ts";
import { freshFolder } from "./support.ts";

export interface FilledStore {
  store: Store;
  /** Both episodes finished. */
  finished: string;
  /** Its only episode is under way: one sealed segment, one live. */
  stopped: string;
  scaffold: Hash;
}

/** Keeps a small scaffold package and returns its hash. */
export async function keepSomeScaffold(store: Store): Promise<Hash> {
  const files = {
    "hooks.ts": await store.blobs.put("export default {};\n"),
    "NOTES.md": await store.blobs.put("# Notes\n"),
  };
  const manifest = {
    schema: "automem.scaffold/1",
    name: "ring",
    version: "1.0.0",
    description: "For tests.",
    licence: "MIT",
    entry: "hooks.ts",
  } as const;
  return store.records.put<"automem.scaffold-record/1">({ schema: "automem.scaffold-record/1", manifest, files });
}

export async function filledStore(folder = join(freshFolder(), "store")): Promise<FilledStore> {
  const store = await Store.open(folder);
  const hash = await keepSomeScaffold(store);
  const scaffold = Object.assign(ringScaffold(), { hash });
  const play = async (steps: number, seeds: number[], agent: object, stopAt?: number) => {
    const stop = new AbortController();
    const openGame = async () =>
      new RingGame(steps, (_, step) => {
        if (step === stopAt) stop.abort();
      });
    const dependencies = await ringDependencies(folder, { store, scaffold, openGame, signal: stop.signal });
    return (
      await startRun(dependencies, {
        settings: ringSettings({ seeds, agent: v.parse(AgentLimits, agent) }),
        commandLine: ["run", "é"],
      })
    ).runId;
  };
  const finished = await play(6, [1, 2], { logCalls: 3, planCalls: 4 });
  const stopped = await play(300, [3], { logCalls: 1, planCalls: 1 }, 262);
  store.refs.move("scaffold/best", undefined, hash);
  return { store, finished, stopped, scaffold: hash };
}
