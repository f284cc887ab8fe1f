/** The conformance suite of the engine contract, on an engine that keeps it and on engines that break one promise each. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/platform/clock.ts";
import { runCheck } from "../../src/plugins/checks/check.ts";
import { EngineProbe, engineLifeChecks, engineModelChecks } from "../../src/plugins/checks/engine-checks.ts";
import { verifyPlugin } from "../../src/plugins/verify.ts";
import { fixtureSubject, fixturesFolder } from "../fixtures/plugins/subject.ts";

/** Any file does: the fixture only looks whether it is there. */
const model = join(fixturesFolder, "parrot", "plugin.json");
const checks = [...engineLifeChecks, ...engineModelChecks];

describe("an engine that keeps the contract", () => {
  let probe: EngineProbe;
  beforeAll(async () => {
    probe = new EngineProbe({ ...(await fixtureSubject("parrot")), automemVersion: "0.0.0", model });
  });
  afterAll(() => probe.close());
  for (const check of checks) {
    test(check.sentence, async () => {
      expect(await runCheck(check, probe)).toEqual({ name: check.name, sentence: check.sentence, status: "passed" });
    });
  }
});

describe("an engine that breaks one promise fails that check", () => {
  const broken: [fault: string, check: string][] = [
    ["random", "greedy-repeats"],
    ["drops-pieces", "stream"],
    ["miscounts", "tokenize"],
    ["cuts-silently", "overflow"],
    ["never-lets-go", "cancel"],
  ];
  test.each(broken)("%s: %s", async (fault, name) => {
    const subject = await fixtureSubject("parrot", { PARROT_FAULT: fault });
    const limits = { cancelGraceMs: 200, closeMs: 200 };
    const probe = new EngineProbe({ ...subject, automemVersion: "0.0.0", model, limits });
    try {
      const check = checks.find((each) => each.name === name)!;
      expect((await runCheck(check, probe)).status).toBe("failed");
    } finally {
      await probe.close();
    }
  });
});

test("without a model the certificate says which checks were left out", async () => {
  const certificate = await verifyPlugin(await fixtureSubject("parrot"), {
    automemVersion: "0.0.0",
    clock: systemClock,
  });
  expect(certificate.passed).toBe(true);
  const skipped = certificate.checks.filter((check) => check.status === "skipped").map((check) => check.name);
  expect(skipped).toEqual(engineModelChecks.map((check) => check.name));
});
