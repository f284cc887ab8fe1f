/** The default gate, on pairs written down. */
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  type CampaignSoFar,
  createGate,
  GateSettings,
  type GateSettingsInput,
  type GateStep,
  type GateVerdict,
  type SeedPair,
} from "../../../src/campaign/gate/gate.ts";

const start: CampaignSoFar = { looksBefore: 0, errorSpent: 0 };
/** One test that may spend 5 %, looked at after 8, 12, 16 and 20 pairs. */
const single: GateSettingsInput = { kind: "confirm", looks: 1, maximumPairs: 20 };

describe("a confirm test", () => {
  test("asks for its first stage, then stage by stage", () => {
    const gate = gateOf(single);
    expect(gate.confirm([], start)).toMatchObject({ need: "more", pairs: 8 });
    const mixed = pairsOf([0.2, -0.1, 0.1, 0.1, -0.1, 0.2, 0, 0.1]);
    expect(gate.confirm(mixed.slice(0, 5), start)).toMatchObject({ need: "more", pairs: 3 });
    const step = gate.confirm(mixed, start);
    expect(step).toMatchObject({ need: "more", pairs: 4 });
    if (step.need === "more") {
      expect(step.soFar.estimate).toBeCloseTo(0.0625, 12);
      expect(step.soFar.path).toHaveLength(1);
    }
  });

  test("accepts as soon as the gain is beyond what signs would do by chance", () => {
    // Twelve gains of twelve: one pattern of 4096, and 0.05 x (12/20)^3 = 0.0108 may be spent. Eight of eight: 0.0039 of 0.0032.
    const verdict = verdictOn(
      single,
      Array.from({ length: 20 }, () => 0.1),
    );
    expect(verdict.decision).toBe("accept");
    expect(verdict.pairsUsed).toBe(12);
    expect(verdict.estimate).toBeCloseTo(0.1, 12);
    expect(verdict.evidence.value).toBe(2 ** -12);
    expect(verdict.evidence.threshold).toBeCloseTo(0.0108, 12);
    expect(verdict.path.map(({ pairs }) => pairs)).toEqual([8, 12]);
    expect(verdict.reason).toBe(
      "Better on the confirm seeds: +10.0 points over 12 pairs, p = 0.00024, needed 0.011 by then.",
    );
  });

  test("gives up early on a candidate that is worse", () => {
    const verdict = verdictOn(single, [-0.1, -0.2, 0.1, -0.1, -0.1, 0, -0.3, 0.1, 0.1, 0.1, 0.1, 0.1]);
    expect(verdict.decision).toBe("reject");
    expect(verdict.pairsUsed).toBe(8);
    expect(verdict.reason).toStartWith(
      "Not shown to be better on the confirm seeds, and unlikely to be with more pairs: -7.5 points",
    );
  });

  test("goes to the last pair when there is hope until then, and rejects there", () => {
    const verdict = verdictOn(
      { ...single, futility: 0 },
      Array.from({ length: 20 }, (_, index) => (index % 3 ? -0.1 : 0.2)),
    );
    expect(verdict).toMatchObject({ decision: "reject", pairsUsed: 20 });
  });

  test("never accepts ties", () => {
    const verdict = verdictOn(
      single,
      Array.from({ length: 20 }, () => 0),
    );
    expect(verdict).toMatchObject({ decision: "reject", estimate: 0, pairsUsed: 20, evidence: { value: 1 } });
  });

  test("does not let one great pair decide", () => {
    expect(verdictOn(single, [1, ...Array.from({ length: 19 }, () => 0)]).decision).toBe("reject");
  });

  test("is not changed by pairs it did not need, nor by how they come in", () => {
    const differences = Array.from({ length: 20 }, (_, index) => (index % 7 === 0 ? -0.05 : 0.1));
    const gate = gateOf(single);
    const one = gate.confirm(pairsOf(differences), start);
    for (let count = 0; count < 20; count++) {
      const step = gate.confirm(pairsOf(differences.slice(0, count)), start);
      if (step.need === "nothing") expect<GateStep>(step).toEqual(one);
    }
    expect(one.need).toBe("nothing");
  });

  test("tells reviewers nothing that could be learned from", () => {
    for (const gain of [0.1, -0.1]) {
      const verdict = verdictOn(
        single,
        Array.from({ length: 20 }, () => gain),
      );
      expect(verdict.toldToReviewers).not.toMatch(/\d/);
    }
  });

  test("refuses a score that is no share, and a seed twice", () => {
    const gate = gateOf(single);
    expect(() => gate.confirm([{ key: "a", candidate: 1.5, incumbent: 0 }], start)).toThrow(RangeError);
    expect(() => gate.confirm([{ key: "a", candidate: Number.NaN, incumbent: 0 }], start)).toThrow(RangeError);
    const pair = { key: "a", candidate: 0.5, incumbent: 0.5 };
    expect(() => gate.confirm([pair, pair], start)).toThrow('The pair "a" was given to the gate twice');
  });
});

describe("missing episodes", () => {
  const fine = { candidate: 0.6, incumbent: 0.4 };

  test("that only the candidate misses stop the gate, even when the rest is a clear gain", () => {
    const pairs = Array.from({ length: 12 }, (_, index) => ({
      key: `${index}`,
      ...fine,
      ...(index % 2 === 0 ? { candidate: undefined } : {}),
    }));
    const step = gateOf(single).confirm(pairs, start);
    expect(step).toMatchObject({
      need: "nothing",
      verdict: { decision: "stopped", missing: { candidate: 6, incumbent: 0 } },
    });
    if (step.need === "nothing") {
      expect(step.verdict.reason).toContain(
        "of 12 seeds 6 only for the candidate and 0 only for the incumbent (p = 0.031, limit 0.1)",
      );
      expect(step.verdict.toldToReviewers).not.toMatch(/\d/);
    }
  });

  test("four against none may be chance; the pairs are left out and counted", () => {
    const pairs = Array.from({ length: 20 }, (_, index) => ({
      key: `${index}`,
      ...fine,
      ...(index < 4 ? { incumbent: undefined } : {}),
    }));
    const step = gateOf(single).confirm(pairs, start);
    expect(step).toMatchObject({
      need: "nothing",
      verdict: { decision: "accept", pairsUsed: 8, missing: { candidate: 0, incumbent: 4 } },
    });
  });

  test("of both arms alike say nothing against either", () => {
    const gone = { candidate: undefined, incumbent: undefined };
    const pairs = Array.from({ length: 20 }, (_, index) => ({ key: `${index}`, ...(index < 6 ? gone : fine) }));
    expect(gateOf(single).confirm(pairs, start)).toMatchObject({ verdict: { decision: "accept" } });
  });

  test("everywhere: no verdict", () => {
    const pairs = Array.from({ length: 20 }, (_, index) => ({
      key: `${index}`,
      candidate: undefined,
      incumbent: undefined,
    }));
    expect(gateOf(single).confirm(pairs, start)).toMatchObject({
      verdict: { decision: "stopped", estimate: undefined },
    });
  });

  test("on the select seeds fail the screen when they are uneven", () => {
    const pairs = Array.from({ length: 10 }, (_, index) => ({
      key: `${index}`,
      ...fine,
      ...(index < 5 ? { candidate: undefined } : {}),
    }));
    expect(gateOf(single).screen(pairs)).toMatchObject({ pass: false, estimate: undefined });
    expect(createGate({ kind: "paper" }).screen(pairs)).toMatchObject({ pass: true });
  });
});

describe("the error of a campaign", () => {
  const gains = pairsOf(Array.from({ length: 60 }, () => 0.1));

  test("is shared among its tests", () => {
    const gate = gateOf({ kind: "confirm" });
    const levels = Array.from({ length: 30 }, (_, index) => gate.errorFor(index + 1));
    expect(levels.reduce((sum, level) => sum + level, 0)).toBeCloseTo(0.05, 12);
    expect(gate.errorFor(31)).toBe(0);
  });

  test("each test has the level of its place; one that accepted gives its place back", () => {
    const gate = gateOf({ kind: "confirm" });
    const levelAt = (campaign: CampaignSoFar) => levelOf(gate.confirm(gains, campaign));
    expect(levelAt({ looksBefore: 3, errorSpent: 0.02 })).toBe(gate.errorFor(4));
    expect(levelAt({ looksBefore: 3, acceptedBefore: 2, errorSpent: gate.errorFor(1) })).toBe(gate.errorFor(2));
    expect(() => gate.confirm(gains, { looksBefore: 1, acceptedBefore: 2, errorSpent: 0 })).toThrow(RangeError);
  });

  test("is never overdrawn, whatever the place", () => {
    const gate = gateOf({ kind: "confirm" });
    expect(levelOf(gate.confirm(gains, { looksBefore: 1, errorSpent: 0.0499 }))).toBeCloseTo(0.0001, 9);
  });

  test("once spent, nothing is accepted, and no pair is asked for", () => {
    const gate = gateOf({ kind: "confirm", looks: 2 });
    for (const campaign of [
      { looksBefore: 2, errorSpent: 0.05 },
      { looksBefore: 0, errorSpent: 0.05 },
    ]) {
      expect(gate.confirm([], campaign)).toMatchObject({ need: "nothing", verdict: { decision: "stopped", level: 0 } });
    }
  });
});

function gateOf(settings: GateSettingsInput) {
  return createGate(v.parse(GateSettings, settings));
}

function pairsOf(differences: readonly number[]): SeedPair[] {
  return differences.map((difference, index) => ({
    key: `seed ${index}`,
    candidate: Math.max(0, difference),
    incumbent: Math.max(0, -difference),
  }));
}

function verdictOn(settings: GateSettingsInput, differences: readonly number[]): GateVerdict {
  const step = gateOf(settings).confirm(pairsOf(differences), start);
  if (step.need === "more") throw new Error(`The gate asks for ${step.pairs} more pairs.`);
  return step.verdict;
}

function levelOf(step: ReturnType<ReturnType<typeof gateOf>["confirm"]>): number {
  return step.need === "more" ? step.soFar.level : step.verdict.level;
}
