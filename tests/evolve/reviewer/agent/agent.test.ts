/** The agent reviewer: its tools, its limits, and that a review that was killed repeats no call. */
import { describe, expect, test } from "bun:test";
import { fillSettings } from "../../../../src/campaign/agent/settings.ts";
import type { ChatModel } from "../../../../src/core/chat-model.ts";
import { ProviderError, ScaffoldError } from "../../../../src/core/errors.ts";
import type { ToolMessage } from "../../../../src/core/tool-calls.ts";
import { createAgentReviewer } from "../../../../src/evolve/reviewer/agent/agent.ts";
import type { ReviewTask } from "../../../../src/evolve/reviewer/reviewer.ts";
import { type Answer, modelOf, type Said } from "../../../campaign/agent/fake-tool-model.ts";
import { testClock } from "../../../inference/support.ts";
import { evidenceOf, mapLog, noChange, proposalOf, reviewTask, startFiles, textsOf } from "../support.ts";

const references = new Map([["scaffolds.md", "# Scaffolds\nHooks are synchronous."]]);
const finish: [string, unknown] = [
  "finish",
  { structuralChange: { name: "places", description: "A file of places." }, analysis: "Used? No.", method: "Places." },
];
const write = (text: string): [string, unknown] => ["write_file", { path: "places.md", text }];

async function review(answers: readonly Answer[], overrides: Partial<ReviewTask> = {}, options = {}) {
  const { model, shown } = modelOf(answers, options);
  const task = reviewTask(overrides);
  const clock = testClock();
  const session = await createAgentReviewer({ model, references, clock }).open(task);
  return { outcome: await session.propose(), session, shown, task };
}

/** The results of the tools as they are shown after the last turn. */
const results = (conversation: readonly ToolMessage[] | undefined) =>
  (conversation ?? []).filter(({ role }) => role === "tool").map(({ content }) => content);

describe("a review", () => {
  test("reads evidence, changes the package, and hands it in with its texts", async () => {
    const { outcome, session, shown } = await review([
      {
        calls: [
          ["list", {}],
          ["read", { path: "index.md" }],
          ["search", { text: "LOCKED" }],
        ],
      },
      {
        calls: [
          ["list_package", {}],
          ["read_package", { path: "hooks.ts" }],
          ["read", { path: "reference/scaffolds.md" }],
        ],
      },
      {
        calls: [
          ["replace_text", { path: "hooks.ts", old_text: '"plan"', new_text: '"plan well"' }],
          write("# Places\n"),
        ],
      },
      { text: "Ready.", calls: [["check", {}], finish] },
    ]);
    const { files, structuralChange, analysis, method } = proposalOf(outcome);
    expect(textsOf(files)["places.md"]).toBe("# Places\n");
    expect(textsOf(files)["hooks.ts"]).toContain('"plan well"');
    expect([structuralChange.name, analysis, method]).toEqual(["places", "Used? No.", "Places."]);
    const said = results(shown.at(-1)).join("\n");
    expect(said).toContain("index.md  12 bytes");
    expect(said).toContain("incumbent/default-s1/steps.md:2: the door is locked");
    expect(said).toContain("Hooks are synchronous.");
    expect(said).toContain("[That was turn 3 of 20.]");
    expect(session.spent()).toMatchObject({ calls: 4, generatedTokens: 40 });
    expect(JSON.stringify(session.transcript())).toContain("Ready.");
    expect(startFiles.has("places.md")).toBe(false);
  });

  test("begins with the brief as it is", async () => {
    const { shown } = await review([{ calls: [["give_up", { reason: "nothing to mend" }]] }]);
    expect(shown[0]?.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(shown[0]?.[1]?.content).toStartWith("Improve the scaffold.");
  });

  test("that finds nothing says so", async () => {
    const { outcome } = await review([{ calls: [["give_up", { reason: "nothing to mend" }]] }]);
    expect(outcome).toEqual({ kind: "none", code: "no-proposal", reason: "nothing to mend" });
  });

  test("is told of findings when it hands in what does not pass, and may mend it", async () => {
    const check: ReviewTask["check"] = async (files) =>
      textsOf(files)["places.md"] === "good" ? noChange : { passed: false, text: "places.md: bad" };
    const { outcome, shown } = await review([{ calls: [write("bad"), finish] }, { calls: [write("good"), finish] }], {
      check,
    });
    expect(textsOf(proposalOf(outcome).files)["places.md"]).toBe("good");
    expect(results(shown[1])[1]).toContain("places.md: bad");
  });

  test("looks at the same package once, and again when it changed", async () => {
    const looked: string[] = [];
    const look = (what: string) => async () => {
      looked.push(what);
      return noChange;
    };
    await review([{ calls: [write("one"), ["check", {}], write("two"), ["check", {}], ["replay", {}], finish] }], {
      check: look("check"),
      replay: look("replay"),
    });
    expect(looked).toEqual(["check", "check", "replay"]);
  });

  test("is not handed in unchanged", async () => {
    const { outcome, shown } = await review([{ calls: [finish] }, { calls: [["give_up", { reason: "no" }]] }]);
    expect(outcome.kind).toBe("none");
    expect(results(shown[1])[0]).toContain("as you were given it");
  });

  test("goes on when its proposal is sent back, with what was wrong; what followed it was not run", async () => {
    const { session, shown } = await review([
      { calls: [write("one"), finish, write("sneaked in")] },
      { calls: [write("two"), finish] },
    ]);
    const outcome = await session.mend("hook planPrompt took 900 ms");
    expect(textsOf(proposalOf(outcome).files)["places.md"]).toBe("two");
    const [, sentBack, sneaked] = results(shown[1]);
    expect(sentBack).toContain("hook planPrompt took 900 ms");
    expect(sneaked).toContain("Not run");
  });
});

describe("what is wrong with a call is its answer", () => {
  test.each<[string, [string, unknown], string]>([
    ["a tool that there is not", ["shell", { command: "rm -rf /" }], 'no tool "shell"'],
    ["arguments that do not fit", ["read", { line: 3 }], "path"],
    ["arguments that are no JSON", ["read", '{"path": "ind'], "not JSON"],
    ["evidence that there is not", ["read", { path: "../../etc/passwd" }], "no file"],
    ["a reference that there is not", ["read", { path: "reference/other.md" }], "no file"],
    ["a package file that there is not", ["read_package", { path: "nope.ts" }], "no file nope.ts"],
    ["a passage that stands nowhere", ["replace_text", { path: "hooks.ts", old_text: "zzz", new_text: "" }], "0 times"],
    [
      "a passage that stands twice",
      ["replace_text", { path: "hooks.ts", old_text: "defineScaffold", new_text: "" }],
      "2 times",
    ],
    ["a file that is too large", write("x".repeat(300_000)), "262144 at most"],
  ])("%s", async (_, call, expected) => {
    const { shown } = await review([{ calls: [call] }, { calls: [["give_up", { reason: "no" }]] }]);
    expect(results(shown[1])[0]).toContain(expected);
  });

  test("a package that cannot be loaded for the replay", async () => {
    const replay = () => Promise.reject(new ScaffoldError("hooks.ts does not parse", { code: "bad-module" }));
    const { shown } = await review([{ calls: [["replay", {}]] }, { calls: [["give_up", { reason: "no" }]] }], {
      replay,
    });
    expect(results(shown[1])[0]).toContain("FAILED.\nhooks.ts does not parse");
  });

  test("a path that leaves the package is refused with the package", async () => {
    const { outcome, shown } = await review([
      { calls: [["write_file", { path: "../seeds.json", text: "[]" }], finish] },
      { calls: [["give_up", { reason: "no" }]] },
    ]);
    expect(outcome.kind).toBe("none");
    expect(results(shown[1])[1]).toContain("../seeds.json");
  });

  test("a result that is too long is cut with a mark", async () => {
    const evidence = evidenceOf({ "index.md": "x".repeat(100_000) });
    const { shown } = await review(
      [{ calls: [["read", { path: "index.md" }]] }, { calls: [["give_up", { reason: "no" }]] }],
      { evidence },
    );
    expect(results(shown[1])[0]).toMatch(/\[\d+ more characters left out: ask for fewer lines\]/);
  });
});

describe("limits", () => {
  test("out of turns: no revision, and the model was told how many were left", async () => {
    const { outcome, shown } = await review([{ calls: [["list", {}]] }], { limits: { turns: 3, seconds: 600 } });
    expect(outcome).toMatchObject({ kind: "none", code: "out-of-turns" });
    expect(shown).toHaveLength(3);
    expect(results(shown.at(-1)).at(-1)).toContain("One turn is left");
  });

  test("out of tokens: no revision", async () => {
    const { outcome, shown } = await review([{ calls: [["list", {}]] }], {
      limits: { turns: 30, seconds: 600, tokens: 1000 },
    });
    expect(outcome).toMatchObject({ kind: "none", code: "out-of-tokens" });
    expect(shown.length).toBeLessThan(30);
  });

  test("replies without a tool are reminded, then it is over", async () => {
    const { outcome, shown } = await review([{ text: "I think..." }]);
    expect(outcome).toMatchObject({ kind: "none", code: "no-proposal" });
    expect(shown).toHaveLength(4);
    expect(shown[1]?.at(-1)).toMatchObject({ role: "user" });
  });

  test("a reply that was cut is told so, and a tool call makes reminders count anew", async () => {
    const { shown, outcome } = await review([
      { text: "Long", length: true },
      { calls: [["list", {}]] },
      { text: "Hm" },
      { calls: [write("x"), finish] },
    ]);
    expect(shown[1]?.at(-1)?.content).toContain("cut at 8192 tokens");
    expect(outcome.kind).toBe("proposal");
  });

  test("out of time: no revision, also after a resume", async () => {
    const clock = testClock();
    const slow = { ...clock, monotonicMs: () => slowMs };
    let slowMs = 0;
    const onAsk = () => {
      slowMs += 40_000;
    };
    const { model, shown } = modelOf([{ calls: [["list", {}]] }], { onAsk });
    const log = mapLog();
    const task = reviewTask({ log, limits: { turns: 50, seconds: 100 } });
    const propose = async () => (await createAgentReviewer({ model, references, clock: slow }).open(task)).propose();
    expect(await propose()).toMatchObject({ kind: "none", code: "out-of-time" });
    expect(shown).toHaveLength(3);
    expect(await propose()).toMatchObject({ kind: "none", code: "out-of-time" });
    expect(shown).toHaveLength(3);
  });

  test("a call that the end of the review cut is out of time, a call that failed is owed", async () => {
    const late = new ProviderError("late", { code: "timeout" });
    expect((await review([late], { limits: { turns: 5, seconds: 10 } })).outcome).toMatchObject({
      code: "out-of-time",
    });
    const fault = await review([late], { limits: { turns: 5, seconds: 6000 } }).catch((thrown: unknown) => thrown);
    expect(fault).toBe(late);
  });

  test("a review that was stopped runs no further tool", async () => {
    const controller = new AbortController();
    const options = { onAsk: () => controller.abort() };
    const stopped = review([{ calls: [["list", {}]] }], { signal: controller.signal }, options);
    expect(await stopped.catch((thrown: unknown) => thrown)).toMatchObject({ code: "cancelled" });
  });
});

describe("a small context", () => {
  const evidence = evidenceOf({
    "index.md": Array.from({ length: 100 }, (_, line) => `line ${line} ${"word ".repeat(10)}`).join("\n"),
  });
  const read = (from_line: number): Said => ({ calls: [["read", { path: "index.md", from_line, lines: 30 }]] });
  const answers = [
    read(1),
    read(20),
    read(40),
    read(60),
    { calls: [write("long ".repeat(200)), ["list", {}]] },
    read(1),
    { calls: [finish] },
  ] as Said[];

  test("has the oldest results left out, with a mark, and the whole in the transcript", async () => {
    const { outcome, shown, session } = await review(answers, { evidence }, { contextTokens: 3000 });
    expect(outcome.kind).toBe("proposal");
    const last = results(shown.at(-1));
    expect(last[0]).toMatch(/^\[\d+ characters left out to make room/);
    expect(last.at(-1)).toContain("line 5");
    expect(JSON.stringify(session.transcript())).toContain("line 7 ");
  });

  test("that cannot hold even the brief ends the review with the reason", async () => {
    const { outcome } = await review([read(1)], { brief: "word ".repeat(2000) }, { contextTokens: 1000 });
    expect(outcome).toMatchObject({ kind: "none", code: "out-of-tokens" });
  });
});

describe("a review that was killed", () => {
  const answers: Said[] = [
    { calls: [["list", {}]] },
    { text: "Hm." },
    { calls: [write("one"), ["check", {}]] },
    { calls: [finish] },
    { calls: [write("two"), finish] },
  ];

  test("goes on at any point, repeats no call, and ends the same", async () => {
    const whole = await review(answers);
    const first = proposalOf(whole.outcome);
    const second = proposalOf(await whole.session.mend("not yet"));
    for (let killedAt = 0; killedAt < answers.length; killedAt += 1) {
      const kept = new Map<string, string>();
      const killer = modelOf(answers, {
        onAsk: (turn) => {
          if (turn === killedAt) throw new Error("killed");
        },
      });
      const run = async (model: ChatModel) => {
        const session = await createAgentReviewer({ model, references, clock: testClock() }).open(
          reviewTask({ log: mapLog(kept) }),
        );
        return { session, one: await session.propose(), two: await session.mend("not yet") };
      };
      await run(killer.model).catch((thrown: unknown) => expect(String(thrown)).toContain("killed"));
      const { model, shown } = modelOf(answers);
      const { session, one, two } = await run(model);
      expect([textsOf(proposalOf(one).files), textsOf(proposalOf(two).files)]).toEqual([
        textsOf(first.files),
        textsOf(second.files),
      ]);
      expect(shown).toHaveLength(answers.length - killedAt);
      expect(session.spent()).toEqual(whole.session.spent());
      expect(session.transcript()).toEqual(whole.session.transcript());
    }
  });
});

describe("the reviewer", () => {
  test("is known by its model and settings, and closes the model", async () => {
    const { model } = modelOf([{}]);
    const reviewer = createAgentReviewer({ model, references, clock: testClock(), settings: { temperature: 0 } });
    expect(reviewer.identity.name).toBe("agent:fake:m");
    expect(reviewer.identity.details).toMatchObject({ model: { name: "fake:m" }, temperature: 0, maxTokens: 8192 });
    await reviewer.close();
    expect((model as unknown as { closed: boolean }).closed).toBe(true);
  });

  test.each([
    [{}, {}, { temperature: 0.7, maxTokens: 8192 }],
    [{}, { fixedSampling: true }, { temperature: 1, maxTokens: 8192 }],
    [{}, { contextTokens: 4096 }, { temperature: 0.7, maxTokens: 1024 }],
    [{ maxTokens: 3000, reminders: 0 }, { contextTokens: 4096 }, { maxTokens: 3000, reminders: 0 }],
  ])("fills %p in for a model of %p", (given, model, expected) => {
    expect(fillSettings(given, model)).toMatchObject(expected);
  });

  test("refuses a model without tools, and a reply limit that fills the context", () => {
    const { model } = modelOf([{}], { contextTokens: 4096 });
    const create =
      (settings: object, from = model) =>
      () =>
        createAgentReviewer({ model: from, references, clock: testClock(), settings });
    expect(create({ maxTokens: 4096 })).toThrow("maxTokens");
    expect(create({}, { ...model, chatWithTools: undefined } as ChatModel)).toThrow("no tool calls");
  });
});
