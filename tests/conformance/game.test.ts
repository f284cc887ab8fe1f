/** The conformance suite of the game contract, on games that keep it and on games that break one promise each. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../src/platform/clock.ts";
import { runCheck } from "../../src/plugins/checks/check.ts";
import { gameChecks } from "../../src/plugins/checks/game-checks.ts";
import { GameProbe } from "../../src/plugins/checks/game-probe.ts";
import { verifyPlugin } from "../../src/plugins/verify.ts";
import { fixtureSubject } from "../fixtures/plugins/subject.ts";

const quick = { ladder: { afterEndMs: 300, afterTermMs: 300 }, closeMs: 300 };

describe("a game that keeps the contract", () => {
  let probe: GameProbe;
  beforeAll(async () => {
    probe = new GameProbe({ ...(await fixtureSubject("lantern")), automemVersion: "0.0.0" });
  });
  afterAll(() => probe.close());
  for (const check of gameChecks) {
    test(check.sentence, async () => {
      const result = await runCheck(check, probe);
      const mayBeSkipped = ["tasks-start", "print-noise"].includes(check.name);
      expect(result.detail ?? "").toBe(result.status === "skipped" && mayBeSkipped ? result.detail! : "");
      expect(result.status).toBe(mayBeSkipped ? "skipped" : "passed");
    });
  }
});

describe("a game that breaks one promise fails that check", () => {
  const broken: [fault: string, check: string][] = [
    ["wrong-name", "ready"],
    ["step-before-reset", "step-before-reset"],
    ["any-task", "unknown-task"],
    ["any-option", "unknown-option"],
    ["any-seed", "bad-seed"],
    ["all-valid", "invalid-action"],
    ["echoes-invalid", "invalid-action"],
    ["leaks-state", "reset-again"],
    ["step-after-end", "episode-end"],
    ["endless", "episode-end"],
    ["not-a-png", "render"],
    ["progress-over-one", "valid-action"],
    ["dies-of-unknown-method", "unknown-method"],
    ["exit-code", "close"],
    ["outlives-input", "end-of-input"],
  ];
  test.each(broken)("%s: %s", async (fault, name) => {
    const subject = await fixtureSubject("lantern", { LANTERN_FAULT: fault });
    const probe = new GameProbe({ ...subject, automemVersion: "0.0.0", limits: quick });
    try {
      const check = gameChecks.find((each) => each.name === name)!;
      expect((await runCheck(check, probe)).status).toBe("failed");
    } finally {
      await probe.close();
    }
  });
});

describe("the certificate", () => {
  const verify = async (environment: Record<string, string> = {}) =>
    verifyPlugin(await fixtureSubject("lantern", environment), {
      automemVersion: "0.0.0",
      clock: systemClock,
      limits: quick,
    });

  test("passes a game that plays the same episodes in two processes, and holds their hashes", async () => {
    const [first, second] = await Promise.all([verify(), verify()]);
    expect(first.passed).toBe(true);
    expect(first.determinism?.episodes.map(({ task, steps, equal }) => [task, steps, equal])).toEqual([
      ["default", 9, true],
    ]);
    expect(first.determinism?.episodes).toEqual(second.determinism!.episodes);
  });

  test("fails a game whose episodes depend on the process, and says where they differ", async () => {
    const certificate = await verify({ LANTERN_FAULT: "nondeterministic" });
    expect(certificate.passed).toBe(false);
    const [episode] = certificate.determinism!.episodes;
    expect(episode?.equal).toBe(false);
    expect(episode?.difference).toContain("the reset differs in observation");
  });

  test("says when the clock runs on", async () => {
    const certificate = await verify({ LANTERN_FAULT: "clock-runs" });
    expect(certificate.passed).toBe(true);
    expect(certificate.determinism?.clockFrozen).toBe(false);
  });
});
