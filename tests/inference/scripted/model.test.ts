import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { ChatMessage, ChatModel } from "../../../src/core/chat-model.ts";
import { callOptions, faultOf, open, question, testClock, testDeps } from "../support.ts";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-scripted-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function script(rules: unknown[], head: Record<string, unknown> = {}, contextTokens = 2048): Promise<ChatModel> {
  count += 1;
  const path = join(folder, `${count}.json`);
  await writeFile(path, JSON.stringify({ schema: "automem.script/1", ...head, rules }));
  return open(`scripted:${path}`, testDeps({ clock: testClock() }), { contextTokens });
}

const say = (model: ChatModel, cacheKey: string, messages: ChatMessage[] = question) =>
  model.chat(messages, callOptions({ cacheKey })).then(({ text }) => text);
const turn = (...replies: string[]): ChatMessage[] => [
  ...question,
  ...replies.flatMap((content): ChatMessage[] => [
    { role: "assistant", content },
    { role: "user", content: `result of ${content}` },
  ]),
];

describe("which rule answers", () => {
  test("texts come in order, anew for each episode", async () => {
    const model = await script(["one", "two"]);
    expect([
      await say(model, "ep0/log"),
      await say(model, "ep1/log"),
      await say(model, "ep0/plan"),
      await say(model, "ep1/log"),
    ]).toEqual(["one", "one", "two", "two"]);
  });

  test("the phase is what follows the last slash of the cache key", async () => {
    const model = await script([
      { phase: "log", reply: "DONE" },
      { phase: ["plan", "act"], reply: "ACTION north" },
    ]);
    expect([await say(model, "run/ep0/plan"), await say(model, "run/ep0/log"), await say(model, "ep0/act")]).toEqual([
      "ACTION north",
      "DONE",
      "ACTION north",
    ]);
  });

  test("step counts the conversations of a phase, turn the replies in one", async () => {
    const model = await script([
      { phase: "plan", step: 1, turn: 1, reply: "second turn of the second step" },
      { phase: "plan", step: [0, 1], reply: "early" },
      { phase: "plan", reply: "late" },
    ]);
    expect(await say(model, "e/plan")).toBe("early");
    expect(await say(model, "e/plan", turn("early"))).toBe("early");
    expect(await say(model, "e/plan")).toBe("early");
    expect(await say(model, "e/plan", turn("early"))).toBe("second turn of the second step");
    expect(await say(model, "e/plan")).toBe("late");
  });

  test("a step that is written in the text needs no counting, as after a resume", async () => {
    const model = await script([{ step: 7, reply: "seven" }, { reply: "other" }], { stepPattern: "Step (\\d+)" });
    expect(await say(model, "e/plan", [{ role: "user", content: "Step 7 of 20" }])).toBe("seven");
  });

  test("match looks at the last message, over its lines", async () => {
    const model = await script([{ match: "result.*gold$", reply: "found" }, { reply: "nothing" }]);
    const last = (content: string): ChatMessage[] => [{ role: "user", content }];
    expect([
      await say(model, "e/log", last("result\nof gold")),
      await say(model, "e/log", last("gold result")),
    ]).toEqual(["found", "nothing"]);
  });

  test("a rule is used as often as it says, and a list gives its texts one by one", async () => {
    const model = await script([
      { times: 1, reply: "once" },
      { reply: ["a", "b"] },
      { reply: ["x", "y"], cycle: true },
    ]);
    const said: string[] = [];
    for (let index = 0; index < 6; index += 1) said.push(await say(model, "e/log"));
    expect(said).toEqual(["once", "a", "b", "x", "y", "x"]);
  });

  test("a script that cycles begins again", async () => {
    const model = await script(["one", "two"], { cycle: true });
    expect([await say(model, "e/log"), await say(model, "e/log"), await say(model, "e/log")]).toEqual([
      "one",
      "two",
      "one",
    ]);
  });

  test("no rule left is refused, with the place and the message", async () => {
    const model = await script(["one"]);
    await say(model, "ep4/plan");
    const fault = await faultOf(say(model, "ep4/plan"));
    expect([fault.code, fault.retryable]).toEqual(["refused", false]);
    expect(fault.message).toContain('episode "ep4", phase "plan", step 1, turn 0');
  });

  test("episodes that run side by side do not change each other's replies", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("ep0", "ep1", "ep2"), { maxLength: 30 }), async (order) => {
        const model = await script([
          { times: 2, reply: "start" },
          { reply: ["a", "b", "c"], cycle: true },
        ]);
        const expected = (index: number) => (index < 2 ? "start" : ["a", "b", "c"][(index - 2) % 3]);
        const said = new Map<string, number>();
        for (const episode of order) {
          const index = said.get(episode) ?? 0;
          expect(await say(model, `${episode}/log`)).toBe(expected(index) as string);
          said.set(episode, index + 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("how it answers", () => {
  test("a fault is raised by code, once, for the caller to deal with", async () => {
    const model = await script([{ times: 1, fault: { code: "server-error", message: "boom" } }, { reply: "fine" }]);
    const fault = await faultOf(say(model, "e/log"));
    expect([fault.code, fault.message, fault.retryable]).toEqual(["server-error", "boom", true]);
    expect(await say(model, "e/log")).toBe("fine");
  });

  test("a delay passes before the reply", async () => {
    const clock = testClock();
    const path = join(folder, "delay.jsonl");
    await writeFile(path, '{"delayMs": 250, "reply": "late"}');
    const model = await open(`scripted:${path}`, testDeps({ clock }));
    const { timings } = await model.chat(question, callOptions());
    expect([clock.slept, timings.firstTokenMs]).toEqual([[250], 250]);
  });

  test("usage is the same for the same texts, and the prefix of a conversation counts as cached", async () => {
    const model = await script([{ reply: "Paris." }]);
    const first = await model.chat(question, callOptions({ cacheKey: "e/log" }));
    const second = await model.chat(turn("Paris."), callOptions({ cacheKey: "e/log" }));
    expect(first.usage).toEqual({ promptTokens: 12, cachedTokens: 0, generatedTokens: 2 });
    expect(second.usage).toEqual({ promptTokens: 26, cachedTokens: 18, generatedTokens: 2 });
  });

  test("each call is a line in the log", async () => {
    const model = await script([{ phase: "log", reply: "DONE" }, { fault: { code: "timeout" } }], {
      log: "calls.jsonl",
    });
    await say(model, "ep0/log");
    await faultOf(say(model, "ep0/plan"));
    await model.close();
    const lines = (await readFile(join(folder, "calls.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        episode: "ep0",
        phase: "log",
        step: 0,
        turn: 0,
        rule: 0,
        reply: "DONE",
        fault: null,
        lastMessage: "What is the capital of France?",
      },
      {
        episode: "ep0",
        phase: "plan",
        step: 0,
        turn: 0,
        rule: 1,
        reply: null,
        fault: "timeout",
        lastMessage: "What is the capital of France?",
      },
    ]);
  });

  test("the script's content is the model's digest", async () => {
    const [first, same, other] = [await script(["a"]), await script(["a"]), await script(["b"])];
    expect(first.identity.digest).toBe(same.identity.digest as string);
    expect(first.identity.digest).not.toBe(other.identity.digest as string);
  });

  test("a script that is not there is a ConfigError", async () => {
    expect((await faultOf(open(`scripted:${join(folder, "none.json")}`, testDeps()))).code).toBe("no-script");
  });
});
