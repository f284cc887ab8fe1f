/** The conformance suite of the game contract: docs/protocol.md, kind `game`, one check a promise. */

import type { GameStart, Transition } from "../../core/game.ts";
import { canonicalJson } from "../../core/json.ts";
import { type Check, expect } from "./check.ts";
import { expectRefusal, type GameProbe, refusalOf } from "./game-probe.ts";
import { expectCleanClose, expectExitAtEndOfInput } from "./life-checks.ts";
import { withNoise } from "./noise.ts";

const noSuchAction = "automem: no such action";
const playLimitSteps = 3000;
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const gameChecks: readonly Check<GameProbe>[] = [
  {
    name: "ready",
    sentence: "answers initialize with the name and the tasks of its plugin.json",
    run: async (probe) => {
      const { manifest } = probe.subject;
      const { ready } = await probe.shared();
      expect(ready.name === manifest.name, `it calls itself "${ready.name}", plugin.json "${manifest.name}"`);
      if (manifest.tasks.length === 0) return undefined;
      const told = canonicalJson(ready.tasks.map(({ id, maxSteps }) => [id, maxSteps]));
      const written = canonicalJson(manifest.tasks.map(({ id, maxSteps }) => [id, maxSteps]));
      expect(told === written, `its tasks and step limits are ${told}, those of plugin.json ${written}`);
      return undefined;
    },
  },
  {
    name: "tasks-start",
    sentence: "starts every default task, or says which asset is missing",
    run: async (probe) => {
      const startable = await probe.startableTasks();
      const missing = (await probe.shared()).tasks.map(({ id }) => id).filter((id) => !startable.includes(id));
      return missing.length === 0
        ? undefined
        : { skipped: `without their assets: ${missing.join(", ")}; the others start` };
    },
  },
  {
    name: "step-before-reset",
    sentence: "refuses a step before the first reset",
    run: (probe) =>
      probe.alone(async (game) => {
        await expectRefusal(() => game.step(noSuchAction), -32003);
        return undefined;
      }),
  },
  {
    name: "unknown-task",
    sentence: "refuses an unknown task",
    run: async (probe) => {
      await expectRefusal(() => probe.reset("automem-no-such-task"), -32602);
      return undefined;
    },
  },
  {
    name: "unknown-option",
    sentence: "refuses an unknown option",
    run: async (probe) => {
      const task = await probe.task();
      await expectRefusal(() => probe.reset(task, 1, { "automem-no-such-option": 1 }), -32602);
      return undefined;
    },
  },
  {
    name: "bad-seed",
    sentence: "refuses a seed outside [0, 2^31) or not whole",
    run: async (probe) => {
      const task = await probe.task();
      for (const seed of [-1, 2 ** 31, 0.5]) await expectRefusal(() => probe.reset(task, seed), -32602);
      return undefined;
    },
  },
  {
    name: "valid-action",
    sentence: "plays an action of its list as itself",
    run: async (probe) => {
      const start = await probe.reset(await probe.task());
      const { valid, executed } = await probe.step(start.defaultAction);
      expect(
        valid && executed === start.defaultAction,
        `for ${start.defaultAction}: valid ${valid}, executed ${executed}`,
      );
      return undefined;
    },
  },
  {
    name: "invalid-action",
    sentence: "plays the default action for one that is not in its list, and says so",
    run: async (probe) => {
      const start = await probe.reset(await probe.task());
      for (const action of [noSuchAction, "", `${start.defaultAction} `]) {
        const { valid, executed, terminated, truncated } = await probe.step(action);
        expect(!valid, `${JSON.stringify(action)} was called valid`);
        expect(
          executed === start.defaultAction,
          `${JSON.stringify(action)} became ${executed}, not ${start.defaultAction}`,
        );
        if (terminated || truncated) break;
      }
      return undefined;
    },
  },
  {
    name: "reset-again",
    sentence: "gives the same episode when it is reset again with the same seed",
    run: async (probe) => {
      const task = await probe.task();
      const first = await playDefault(probe, task, 8);
      await probe.reset(task, 2);
      expect(canonicalJson(await playDefault(probe, task, 8)) === canonicalJson(first), "the second episode differs");
      return undefined;
    },
  },
  {
    name: "episode-end",
    sentence: "ends an episode at its step limit at the latest, and refuses a step after the end",
    run: async (probe) => {
      const startable = await probe.startableTasks();
      const tasks = (await probe.shared()).tasks.filter(({ id }) => startable.includes(id));
      const { id } = tasks.reduce((shortest, task) => (task.maxSteps < shortest.maxSteps ? task : shortest));
      const start = await probe.reset(id);
      const limit = Math.min(start.maxSteps, playLimitSteps);
      for (let played = 1; played <= limit; played++) {
        const { terminated, truncated } = await probe.step(start.defaultAction);
        if (!terminated && !truncated) continue;
        await expectRefusal(() => probe.step(start.defaultAction), -32003);
        await probe.reset(id);
        return undefined;
      }
      expect(limit < start.maxSteps, `task ${id} goes on after its limit of ${start.maxSteps} steps`);
      return { skipped: `task ${id} did not end within ${limit} steps of the default action` };
    },
  },
  {
    name: "render",
    sentence: "draws a PNG, or does not offer render",
    run: async (probe) => {
      await probe.reset(await probe.task());
      const picture = await (await probe.shared()).render();
      if (picture === undefined) return { skipped: "it does not offer render" };
      expect(
        pngSignature.every((byte, index) => picture[index] === byte),
        "what it drew is not a PNG",
      );
      return undefined;
    },
  },
  {
    name: "unknown-method",
    sentence: "refuses an unknown method and goes on",
    run: async (probe) => {
      const game = await probe.shared();
      await expectRefusal(() => probe.raw(game, "automem/no-such-method", {}), -32601);
      await probe.reset(await probe.task());
      return undefined;
    },
  },
  {
    name: "bad-params",
    sentence: "refuses params that do not fit and goes on",
    run: async (probe) => {
      const game = await probe.shared();
      const task = await probe.task();
      await expectRefusal(() => probe.raw(game, "reset", { task: 5, seed: 1, options: {} }), -32602);
      await probe.reset(task);
      await expectRefusal(() => probe.raw(game, "step", { action: 7 }), -32602);
      await probe.reset(task);
      return undefined;
    },
  },
  {
    name: "print-noise",
    sentence: "keeps the wire whole when its code prints to stdout",
    run: (probe) => checkNoise(probe),
  },
  {
    name: "close",
    sentence: "exits with code 0 after close, without a signal",
    run: async (probe) => {
      const game = await probe.open();
      await expectCleanClose(game.process);
      return undefined;
    },
  },
  {
    name: "end-of-input",
    sentence: "exits by itself when its stdin ends",
    run: (probe) =>
      probe.alone(async (game) => {
        await game.reset({ task: await probe.task(), seed: 1, options: {} });
        await expectExitAtEndOfInput(game.process);
        return undefined;
      }),
  },
];

async function playDefault(probe: GameProbe, task: string, steps: number): Promise<(GameStart | Transition)[]> {
  const start = await probe.reset(task);
  const played: (GameStart | Transition)[] = [start];
  for (let step = 0; step < steps; step++) {
    const transition = await probe.step(start.actions[step % start.actions.length]!.name);
    played.push(transition);
    if (transition.terminated || transition.truncated) break;
  }
  return played;
}

async function checkNoise(probe: GameProbe) {
  const { entry } = probe.subject.manifest;
  if (entry.runtime !== "python") return { skipped: "only for plugins in Python, where the SDK guards stdout" };
  const task = await probe.task();
  const quiet = await probe.reset(task);
  return withNoise(probe.subject.launch, entry, (launch) =>
    probe.alone(async (game) => {
      const refusal = await refusalOf(async () => {
        const noisy = await game.reset({ task, seed: 1, options: {} });
        expect(
          canonicalJson(noisy.observation) === canonicalJson(quiet.observation),
          "the observation differs with the noise",
        );
        await game.step(noisy.defaultAction);
      });
      expect(refusal === undefined, `a print in its code broke the wire: ${refusal?.message}`);
      expect(game.process.stderrTail().includes("automem-noise"), "what its code prints does not reach stderr");
      return undefined;
    }, launch),
  );
}
