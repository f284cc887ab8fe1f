/** What every decider must do; each implementation runs it (deciders.test.ts). */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { DeciderIdentity } from "../../src/core/trial.ts";
import { type Decider, Decision } from "../../src/train/decider/decider.ts";
import { type Played, playCampaign, type World } from "../train/decider/support.ts";

export interface DeciderCase {
  name: string;
  /** A new one each time, of the same settings; `folder` is empty and the case's own. */
  make(folder: string): Promise<Decider>;
}

const worlds: [string, World][] = [
  ["in which all comes out well", { trials: 4, outcome: ({ epochs }) => epochs / 100 }],
  ["of one trial", { trials: 1, outcome: () => 0.3 }],
  [
    "of two rounds",
    { rounds: 2, trials: 3, outcome: ({ learningRate }, round) => Math.min(1, learningRate * 10 * round) },
  ],
  [
    "in which every second configuration fails",
    { trials: 5, outcome: ({ learningRate }) => (learningRate < 1e-3 ? undefined : 0.5) },
  ],
  ["in which every configuration fails", { trials: 4, outcome: () => undefined }],
  ["in which no data comes about", { trials: 4, outcome: () => 0.1, data: () => false }],
  ["in which data comes about the second time", { trials: 4, outcome: () => 0.1, data: (number) => number > 1 }],
];

export function testDecider({ name, make }: DeciderCase): void {
  describe(name, () => {
    const inFolder = async <Result>(use: (make: () => Promise<Decider>) => Promise<Result>): Promise<Result> => {
      const folder = await mkdtemp(join(tmpdir(), "automem-decider-"));
      try {
        return await use(() => make(folder));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    };
    const play = (world: World): Promise<Played> =>
      inFolder(async (open) => {
        const decider = await open();
        const played = await playCampaign(frozen(decider), world);
        await decider.close();
        return played;
      });

    test.each(worlds)("decides what its contract allows, in a campaign %s", async (_, world) => {
      const { asked } = await play(world);
      expect(asked.length).toBeGreaterThan(0);
      for (const { frame, decision } of asked) {
        expect(v.parse(Decision, JSON.parse(JSON.stringify(decision)))).toEqual(decision);
        if (decision.kind === "done") continue;
        const { data, recipes } = decision.plan;
        expect(new Set(recipes.map((recipe) => JSON.stringify(recipe))).size).toBe(recipes.length);
        if (data.kind === "reuse") expect(frame.datasets.map(({ hash }) => hash)).toContain(data.dataset);
      }
    });

    test("begins with a plan that builds data, for there is none", async () => {
      const { asked } = await play({ trials: 3, outcome: () => 0.2 });
      expect(asked[0]?.decision).toMatchObject({ kind: "plan", plan: { data: { kind: "build" } } });
    });

    test("decides the same for the same frame, whoever asked before: it keeps no state", async () => {
      const { asked } = await play({ rounds: 2, trials: 4, outcome: ({ rank }) => rank / 1024 });
      await inFolder(async (open) => {
        const reused = await open();
        for (const { frame, decision } of [...asked].reverse()) {
          const fresh = await open();
          expect((await fresh.decide(structuredClone(frame))).decision).toEqual(decision);
          expect((await reused.decide(structuredClone(frame))).decision).toEqual(decision);
          await fresh.close();
        }
        await reused.close();
      });
    });

    test("says what it spent, in finite numbers from 0", async () => {
      await inFolder(async (open) => {
        const decider = await open();
        const { asked } = await playCampaign(decider, { trials: 1, outcome: () => 0.2 });
        for (const { frame } of asked) {
          const { spent } = await decider.decide(frame);
          for (const amount of [spent.tokens, spent.money]) {
            expect(Number.isFinite(amount)).toBe(true);
            expect(amount).toBeGreaterThanOrEqual(0);
          }
        }
      });
    });

    test("has an identity of plain JSON that is the same each time it is made", async () => {
      await inFolder(async (open) => {
        const [one, other] = [(await open()).identity, (await open()).identity];
        expect(v.parse(DeciderIdentity, JSON.parse(JSON.stringify(one)))).toEqual(one);
        expect(other).toEqual(one);
        expect(one.name).toStartWith(name);
      });
    });
  });
}

/** Frames cannot be changed by who decides. */
function frozen(decider: Decider): Decider {
  return { ...decider, decide: (frame) => decider.decide(deepFreeze(frame)) };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
