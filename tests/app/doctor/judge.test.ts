/** The doctor's judgement on what it found. */
import { describe, expect, test } from "bun:test";
import { judgeDisk } from "../../../src/app/doctor/home.ts";
import { judgePlugin, type PluginFacts } from "../../../src/app/doctor/plugins.ts";
import { judgePython } from "../../../src/app/doctor/programs.ts";
import type { Certificate } from "../../../src/plugins/certificate.ts";

const GIB = 1024 ** 3;
const python = (version: string, canMakeEnvironments = true) => ({
  path: "/usr/bin/python3",
  version,
  canMakeEnvironments,
});

test.each([
  [50, "ok"],
  [1, "warn"],
  [0.1, "fail"],
] as const)("%d GiB of free disk is %s", (gib, status) => {
  expect(judgeDisk("/home", gib * GIB).status).toBe(status);
});

describe("judgePython", () => {
  test("a Python that makes environments is enough, and so is uv alone", () => {
    expect(judgePython([python("3.11.7")], false)).toMatchObject({ status: "ok", found: "3.11.7" });
    expect(judgePython([], true)).toMatchObject({ status: "ok", found: "no Python, uv" });
  });

  test("says what to install where there is none, or one without venv", () => {
    expect(judgePython([], false).cost).toContain("uv");
    expect(judgePython([python("3.11.7", false)], false)).toMatchObject({
      status: "warn",
      cost: expect.stringContaining("python3-venv"),
    });
  });
});

const certificate: Certificate = {
  schema: "automem.certificate/1",
  plugin: "maze",
  version: "1.0.0",
  kind: "game",
  contentHash: "a".repeat(64),
  automemVersion: "0.1.0",
  platform: "linux-x64",
  date: "2026-11-21T10:00:00Z",
  passed: true,
  packages: {},
  checks: [],
};
const good: PluginFacts = {
  name: "maze",
  version: "1.0.0",
  kind: "game",
  automemVersion: "0.1.0",
  platform: "linux-x64",
  unchanged: true,
  otherShipped: false,
  certificate,
  started: { clockFrozen: true },
  wantsFrozenClock: true,
};
const judged = (facts: Partial<PluginFacts>) => judgePlugin({ ...good, ...facts });

describe("judgePlugin", () => {
  test("a checked plugin that starts with its clock frozen is well", () => {
    expect(judged({})).toEqual([
      { name: "plugin maze", status: "ok", found: "game 1.0.0, checked 2026-11-21", cost: "" },
      { name: "plugin maze clock", status: "ok", found: "frozen", cost: "" },
    ]);
  });

  test("a game that asks for no frozen clock has no line about one", () => {
    expect(judged({ wantsFrozenClock: false, started: { clockFrozen: null } })).toHaveLength(1);
  });

  test("a clock that runs on where it should stand still is a warning of its own", () => {
    const [line, clock] = judged({ started: { clockFrozen: false } });
    expect([line?.status, clock?.status]).toEqual(["ok", "warn"]);
    expect(clock?.cost).toContain("libfaketime");
  });

  test.each([
    ["changed source", { unchanged: false }, "--force"],
    [
      "a process that does not start",
      { started: { fault: "No module named maze." } },
      "No module named maze. Install it again",
    ],
    [
      "failed checks",
      {
        certificate: {
          ...certificate,
          passed: false,
          checks: [{ name: "reset-twice", sentence: "resets", status: "failed", detail: "differs" }],
        },
      },
      "reset-twice (resets): differs",
    ],
  ] as [string, Partial<PluginFacts>, string][])("%s fails it, and the line says what to do", (_, facts, cost) => {
    const [line] = judged(facts);
    expect(line?.status).toBe("fail");
    expect(line?.cost).toContain(cost);
  });

  test.each([
    ["without a certificate", { certificate: undefined }, "plugin verify maze"],
    ["checked by another automem", { automemVersion: "0.2.0" }, "plugin verify maze"],
    ["checked on another machine", { platform: "darwin-arm64" }, "plugin verify maze"],
    ["of another automem", { otherShipped: true }, "plugin add maze --force"],
  ] as [string, Partial<PluginFacts>, string][])("a plugin %s is a warning with the command", (_, facts, cost) => {
    const [line] = judged(facts);
    expect(line?.status).toBe("warn");
    expect(line?.cost).toContain(cost);
  });
});
