/** The judgement on facts about a model. */
import { describe, expect, test } from "bun:test";
import type { ProbeFacts } from "../../../src/inference/probe/facts.ts";
import { judgeModel, unreachableLine } from "../../../src/inference/probe/judge.ts";

const fault = { fault: { code: "server-error", message: "boom" } };
const good: ProbeFacts = {
  identity: { name: "x:m", provider: "x", digest: "d".repeat(64), serverVersion: "x 1", contextTokens: 2048 },
  capabilities: {
    overflow: "error",
    seed: true,
    cachedTokens: true,
    streaming: true,
    grammar: "gbnf",
    adapters: "runtime",
  },
  answered: { totalMs: 400 },
  speed: { promptTokensPerSecond: 1000, generatedTokensPerSecond: 50 },
  streamedPieces: 60,
  prefix: { promptTokens: 500, cachedTokens: 480, firstTokenMs: 500, repeatedFirstTokenMs: 20 },
  seed: { sameTwice: true, otherDiffers: true },
  grammar: { text: "ACTION north", kept: true },
  overflow: "refused",
  counting: { counted: 20, reported: 20 },
  loadedAdapters: [],
};
const lineOf = (name: string, facts: Partial<ProbeFacts>) => {
  const line = judgeModel({ ...good, ...facts }).find((candidate) => candidate.name === name);
  if (line === undefined) throw new Error(`no line ${name}`);
  return line;
};
const capabilities = (overrides: Partial<ProbeFacts["capabilities"]>) => ({ ...good.capabilities, ...overrides });

describe("judgeModel", () => {
  test("finds nothing to say of a model that can do everything", () => {
    const lines = judgeModel(good);
    expect(lines.map(({ status, cost }) => [status, cost])).toEqual(lines.map(() => ["ok", ""]));
    expect(lines.map(({ name }) => name)).toEqual([
      "answers",
      "context",
      "prompt speed",
      "generation speed",
      "prefix cache",
      "seed",
      "grammar",
      "token count",
      "adapters",
      "streaming",
      "identity",
    ]);
  });

  test("says nothing more of a model that does not answer", () => {
    expect(judgeModel({ ...good, answered: fault })).toEqual([
      { name: "answers", status: "fail", found: "server-error", cost: "boom" },
    ]);
  });

  test("a model that answers a prompt longer than its context fails", () => {
    expect(lineOf("context", { overflow: "answered" }).status).toBe("fail");
  });

  test.each([
    ["seed", { capabilities: capabilities({ seed: false }) }, "only a run's recorded replies"],
    ["seed", { seed: { sameTwice: false, otherDiffers: true } }, "only a run's recorded replies"],
    ["seed", { seed: { sameTwice: true, otherDiffers: false } }, "may be ignored"],
    ["grammar", { capabilities: capabilities({ grammar: "none" }) }, "--constrain"],
    ["grammar", { grammar: { text: "I go north", kept: false } }, "ignores grammars"],
    ["adapters", { capabilities: capabilities({ adapters: "none" }) }, "specialist"],
    ["adapters", { capabilities: capabilities({ adapters: "load-at-start" }) }, "restart"],
    ["streaming", { streamedPieces: 1 }, "only when it is whole"],
    ["token count", { counting: { reported: 20 } }, "one request later"],
    ["token count", { counting: { counted: 18, reported: 20 } }, "leave room"],
    ["prompt speed", { speed: { promptTokensPerSecond: 20 } }, "2000 tokens takes 100 s"],
    ["generation speed", { speed: {} }, "no token counts"],
    ["prefix cache", { prefix: { promptTokens: 500, cachedTokens: 20 } }, "2.0 s for 2000 tokens"],
    ["prefix cache", { prefix: {} }, "cannot be shown"],
    ["context", { capabilities: capabilities({ overflow: "silent" }), overflow: "skipped" }, "afterwards"],
    ["identity", { identity: { name: "x:m", provider: "x" } }, "go unseen"],
  ] as [string, Partial<ProbeFacts>, string][])("%s warns of %j, and says what it costs", (name, facts, cost) => {
    const line = lineOf(name, facts);
    expect(line.status).toBe("warn");
    expect(line.cost).toContain(cost);
  });

  test("takes a much earlier first token for a prefix cache that is not reported", () => {
    const line = lineOf("prefix cache", { prefix: { firstTokenMs: 900, repeatedFirstTokenMs: 30 } });
    expect(line.found).toContain("but it works");
  });

  test("a server that forgets nothing but 0 tokens is not called unknown", () => {
    expect(lineOf("prefix cache", { prefix: { promptTokens: 500, cachedTokens: 0 } }).found).toContain("0 of 500");
  });

  test.each(["speed", "prefix", "seed", "grammar", "counting", "overflow", "loadedAdapters"] as const)(
    "a fault while %s was tried fails its line with the fault's own words",
    (step) => {
      const failed = judgeModel({ ...good, [step]: fault }).filter(({ status }) => status === "fail");
      expect(failed.map(({ found, cost }) => [found, cost])).toEqual([["server-error", "boom"]]);
    },
  );
});

test("a model that is not there says why", () => {
  const line = unreachableLine({ code: "unreachable", message: "No server answers." });
  expect(line).toEqual({ name: "reachable", status: "fail", found: "unreachable", cost: "No server answers." });
});
