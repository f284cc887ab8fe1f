import { describe, expect, test } from "bun:test";
import { createGate } from "../../../src/campaign/gate/gate.ts";

const gate = createGate({ kind: "paper" });

describe("the paper's gate", () => {
  test("passes a mean that is strictly higher, by however little", () => {
    expect(gate.screen(pairs([0.5, 0.5, 0.51], [0.5, 0.5, 0.5]))).toMatchObject({ pass: true });
    expect(gate.screen(pairs([0.5, 0.4], [0.4, 0.5]))).toMatchObject({ pass: false, estimate: 0 });
    expect(gate.screen(pairs([0.5], [0.6]))).toMatchObject({ pass: false });
  });

  test("leaves out pairs that lack an episode, and passes nothing without a pair", () => {
    expect(gate.screen(pairs([0.5, undefined], [0.4, 0.9]))).toMatchObject({ pass: true });
    expect(gate.screen(pairs([undefined], [0.4]))).toMatchObject({ pass: false, estimate: undefined });
    expect(gate.screen([])).toMatchObject({ pass: false });
  });

  test("confirms nothing: it accepts without a pair and says so", () => {
    const step = gate.confirm([], { looksBefore: 12, errorSpent: 0 });
    expect(step).toMatchObject({
      need: "nothing",
      verdict: { decision: "accept", level: 0, evidence: { kind: "none" } },
    });
    expect(gate.errorFor(1)).toBe(0);
  });
});

function pairs(candidate: (number | undefined)[], incumbent: number[]) {
  return incumbent.map((score, index) => ({ key: `${index}`, candidate: candidate[index], incumbent: score }));
}
