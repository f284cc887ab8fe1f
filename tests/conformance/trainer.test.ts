/** The conformance suite of the trainer contract, on a trainer that keeps it and on trainers that break one promise each. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/platform/clock.ts";
import { runCheck } from "../../src/plugins/checks/check.ts";
import { TrainerProbe, trainerChecks } from "../../src/plugins/checks/trainer-checks.ts";
import { verifyPlugin } from "../../src/plugins/verify.ts";
import { fixtureSubject } from "../fixtures/plugins/subject.ts";

describe("a trainer that keeps the contract", () => {
  let probe: TrainerProbe;
  beforeAll(async () => {
    probe = new TrainerProbe({ ...(await fixtureSubject("apprentice")), automemVersion: "0.0.0" });
  });
  afterAll(() => probe.close());
  for (const check of trainerChecks) {
    test(check.sentence, async () => {
      expect(await runCheck(check, probe)).toEqual({ name: check.name, sentence: check.sentence, status: "passed" });
    });
  }
});

describe("a trainer that breaks one promise fails that check", () => {
  const broken: [fault: string, check: string][] = [
    ["skips", "train"],
    ["no-number", "train"],
    ["no-file", "train"],
    ["few-replies", "generate"],
    ["talks-on", "generate"],
    ["draws-lots", "generate"],
    ["forgets", "cancel"],
    ["never-stops", "cancel"],
  ];
  test.each(broken)("%s: %s", async (fault, name) => {
    const subject = await fixtureSubject("apprentice", { APPRENTICE_FAULT: fault });
    const limits = { cancelGraceMs: 200, closeMs: 200 };
    const probe = new TrainerProbe({ ...subject, automemVersion: "0.0.0", limits });
    try {
      const check = (name: string) => trainerChecks.find((each) => each.name === name)!;
      if (name === "generate") await runCheck(check("train"), probe);
      expect((await runCheck(check(name), probe)).status).toBe("failed");
    } finally {
      await probe.close();
    }
  });
});

test("a trainer that lacks what it needs on this machine says so once", async () => {
  const subject = await fixtureSubject("apprentice", { APPRENTICE_FAULT: "lacks" });
  const { checks, passed } = await verifyPlugin(subject, { automemVersion: "0.0.0", clock: systemClock });
  expect([passed, checks.map(({ name, status }) => `${name}: ${status}`)]).toEqual([false, ["ready: failed"]]);
  expect(checks[0]!.detail).toContain("there is no forge; build one");
});
