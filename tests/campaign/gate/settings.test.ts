import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { createGate, GateSettings } from "../../../src/campaign/gate/gate.ts";

describe("settings of a gate", () => {
  test("need a kind only", () => {
    expect(v.parse(GateSettings, { kind: "confirm" })).toMatchObject({ alpha: 0.05, looks: 30, maximumPairs: 60 });
    expect(v.parse(GateSettings, { kind: "paper" })).toEqual({ kind: "paper" });
  });

  test("are what the gate says of itself", () => {
    const settings = v.parse(GateSettings, { kind: "confirm", alpha: 0.1 });
    expect(createGate(settings)).toMatchObject({ name: "confirm", settings });
  });

  for (const [what, settings] of Object.entries({
    "an unknown kind": { kind: "lenient" },
    "an unknown key": { kind: "confirm", aplha: 0.05 },
    "a setting of another kind": { kind: "paper", alpha: 0.05 },
    "no error at all": { kind: "confirm", alpha: 0 },
    "half a look": { kind: "confirm", looks: 2.5 },
    "one pair": { kind: "confirm", maximumPairs: 1 },
  })) {
    test(`refuse ${what}`, () => {
      expect(v.safeParse(GateSettings, settings).success).toBe(false);
    });
  }
});
