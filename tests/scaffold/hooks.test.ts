/** Hooks at work: what they see, what becomes of what they return, and what the engine does without them. */
import { describe, expect, test } from "bun:test";
import { episode, loadHooks, memoryOf, openHooks, step } from "./packages.ts";

const memory = memoryOf({ "notes.txt": "The key is red.\nA door.\nthe KEY again\n" });
const input = { results: [{ operation: "<|READ|>a", text: "nothing", failed: false }], callsLeft: 2 };

describe("without hooks", () => {
  test("the engine's own behaviour stands in", async () => {
    const session = await openHooks("");
    expect(session.initFiles()).toEqual({});
    session.onReset(step);
    expect(session.state()).toBe("{}");
    expect(session.onObservation(step, memory)).toEqual({});
    expect(session.logPrompt(step, memory)).toBe("log");
    expect(session.logContinue(step, memory, input)).toContain("Calls left: 2");
    expect(session.planContinue(step, memory, { ...input, rejection: "no stone" })).toContain(
      "Action refused: no stone",
    );
    expect(session.handoff(step, memory)).toContain("<|ACTION|>");
    expect(session.onOperation(step, memory, "log", { name: "READ", arguments: ["a"] })).toEqual({ verdict: "allow" });
    expect(session.repairAction(step, " move_north ")).toBe("Move North");
    expect(session.repairAction(step, "fly")).toBe("fly");
    expect(session.validateAction(step, memory, "Noop")).toEqual({ verdict: "accept" });
    expect(session.fallbackAction(step)).toBe("Noop");
    expect(session.debug(step)).toBeUndefined();
    session.afterLog(step, memory);
    session.beforePlan(step, memory);
  });
});

describe("what is made once an episode", () => {
  const top = `let made = 0;
    const facts = perEpisode((ctx) => { made += 1; return { text: ctx.instruction + ctx.actions.length, seen: Object.keys(ctx).length, made }; });`;

  test("is there in every hook, made from the episode with its final instruction", async () => {
    const session = await openHooks(
      `instruction: () => "Go ", handoff: (ctx) => JSON.stringify([facts().text, facts().seen, "observation" in ctx, made])`,
      top,
    );
    expect(JSON.parse(session.handoff(step, memory))).toEqual(["Go 2", 9, true, 2]);
  });

  test("is as it was made in the next hook, whatever a hook does to it", async () => {
    const session = await openHooks(
      `handoff: () => { const shown = facts().text; facts().text = "spoilt"; made = 9; return shown + made; }`,
      top,
    );
    expect([session.handoff(step, memory), session.handoff(step, memory)]).toEqual([
      "Find the key.29",
      "Find the key.29",
    ]);
  });

  test("cannot be had before, nor asked for in a hook", async () => {
    await expect(loadHooks("", `const early = perEpisode(() => 1)();`)).rejects.toThrow("in hooks only");
    await expect(loadHooks("", "perEpisode(1);")).rejects.toThrow("needs a function");
    const session = await openHooks("handoff: () => String(perEpisode(() => 1)())");
    expect(() => session.handoff(step, memory)).toThrow("top level of a module");
  });

  test("that fails, fails the episode before it starts", async () => {
    const scaffold = await loadHooks("", `perEpisode((ctx) => ctx.nothing.here);`);
    await expect(scaffold.open(episode, 7)).rejects.toThrow("TypeError");
  });

  test("leaves no way to the engine behind", async () => {
    const session = await openHooks("handoff: () => String(Object.keys(globalThis).length + typeof automemPerEpisode)");
    expect(session.handoff(step, memory)).toBe("0undefined");
  });
});

describe("what hooks see", () => {
  test("the episode, the step, the signals and the help of their phase", async () => {
    const session =
      await openHooks(`handoff: (ctx) => JSON.stringify([ctx.game, ctx.actions.length, ctx.maxSteps, ctx.stepIndex,
      ctx.observation.long, ctx.outcome.raw, ctx.unchangedSteps, ctx.files[0].name, ctx.signals.x, ctx.operationHelp.plan.some((line) => line.includes("APPEND"))])`);
    expect(JSON.parse(session.handoff({ ...step, signals: { x: 5 } }, memory))).toEqual([
      "toy",
      2,
      10,
      1,
      "A hall.",
      "noop",
      1,
      "notes.txt",
      5,
      false,
    ]);
  });

  test("the instruction as the hook made it, and the game's own beside it", async () => {
    const session = await openHooks(
      `instruction: (ctx) => ctx.gameInstruction + " Now.", handoff: (ctx) => ctx.instruction + "|" + ctx.gameInstruction`,
    );
    expect(session.handoff(step, memory)).toBe("Find the key. Now.|Find the key.");
  });

  test("the memory: whole texts, search in any case, tail, count, and nothing for a file that is not there", async () => {
    const session =
      await openHooks(`handoff: ({ memory }) => JSON.stringify([memory.read("notes.txt").length, memory.search("notes.txt", "key"),
      memory.tail("notes.txt", 1), memory.tail("notes.txt", 0), memory.count("notes.txt"), typeof memory.read("none"), memory.count("none"), memory.list().length])`);
    expect(JSON.parse(session.handoff(step, memory))).toEqual([
      38,
      ["The key is red.", "the KEY again"],
      ["the KEY again"],
      [],
      3,
      "undefined",
      0,
      1,
    ]);
  });

  test("any text, control characters and lone surrogates too", async () => {
    const long = 'a\u0000b\u2028\ud800\u{1f600}\\"`{x}\n';
    const session = await openHooks("handoff: (ctx) => ctx.observation.long + ctx.memory.read('x')");
    expect(session.handoff({ ...step, observation: { long, short: "" } }, memoryOf({ x: long }))).toBe(long + long);
  });

  test("the episode is frozen", async () => {
    const session = await openHooks("handoff(ctx) { ctx.actions.push(1); return 'x'; }");
    expect(() => session.handoff(step, memory)).toThrow(/TypeError/);
  });
});

describe("state", () => {
  test("is JSON that hooks change in place or replace, from onReset on", async () => {
    const session =
      await openHooks(`onReset: () => ({ count: 1 }), onObservation(ctx) { ctx.state.count += 1; return { count: ctx.state.count }; },
      repairAction(ctx, raw) { ctx.state = { replaced: raw }; return raw; }, debug: (ctx) => ctx.state`);
    session.onReset(step);
    expect(session.onObservation(step, memory)).toEqual({ count: 2 });
    expect(session.state()).toBe('{"count":2}');
    session.repairAction(step, "x");
    expect(session.debug(step)).toEqual({ replaced: "x" });
  });

  test("what is not JSON in it is lost, and so are module variables", async () => {
    const session = await openHooks(
      `onObservation(ctx) { counter += 1; cache.set("a", 1); ctx.state.f = () => 1; ctx.state.m = new Map([[1, 2]]); ctx.state.ok = 1; return {}; },
       handoff: (ctx) => JSON.stringify([counter, cache.size, ctx.state])`,
      "let counter = 0; const cache = new Map();",
    );
    session.onObservation(step, memory);
    session.onObservation(step, memory);
    expect(JSON.parse(session.handoff(step, memory))).toEqual([0, 0, { m: {}, ok: 1 }]);
  });

  test("a state that is too large is refused", async () => {
    const session = await openHooks("onObservation(ctx) { ctx.state.x = 'x'.repeat(300000); return {}; }");
    expect(() => session.onObservation(step, memory)).toThrow(/262144/);
  });
});

describe("random numbers", () => {
  const fields = "handoff: () => String(Math.random()), planContinue: () => String(Math.random())";

  test("follow from seed, step, hook and call, and from nothing else", async () => {
    const scaffold = await loadHooks(fields);
    const [one, same, other] = [
      await scaffold.open(episode, 1),
      await scaffold.open(episode, 1),
      await scaffold.open(episode, 2),
    ];
    const numbers = [
      one.handoff(step, memory),
      one.handoff(step, memory),
      one.planContinue(step, memory, input),
      one.handoff({ ...step, stepIndex: 2 }, memory),
    ];
    expect(new Set(numbers).size).toBe(4);
    same.planContinue(step, memory, input);
    expect(same.handoff(step, memory)).toBe(numbers[0]!);
    expect(other.handoff(step, memory)).not.toBe(numbers[0]!);
  });

  test("lie in [0, 1) and spread", async () => {
    const session = await openHooks("handoff: () => JSON.stringify(Array.from({ length: 5000 }, Math.random))");
    const numbers: number[] = JSON.parse(session.handoff(step, memory));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  });
});

describe("operations of a package", () => {
  const fields = `hiddenOperations: ["COUNT"], operations: [{ name: "UPSERT_MAP", phases: ["log"], effect: "write", arguments: ["name", "text"], help: "sets a square",
    run(ctx, [place, text], phase) { ctx.state.last = place; return { text: "kept " + phase, writes: [{ file: "map.txt", text: (ctx.memory.read("map.txt") ?? "") + place + " " + text + "\\n" }] }; } }],
    onOperation: (ctx, operation, phase) => operation.name === "WRITE" ? { verdict: "refuse", text: "append " + phase } : operation.name === "READ" ? { verdict: "rewrite", operation: { name: "TAIL", arguments: [operation.arguments[0], "5"] } } : undefined`;

  test("are described, run in the sandbox, and answer with the files they want written", async () => {
    const session = await openHooks(fields);
    expect(session.operations.map(({ name }) => name)).toEqual(["UPSERT_MAP"]);
    expect(session.hiddenOperations).toEqual(["COUNT"]);
    const folder = memoryOf({ "map.txt": "0,0 start\n" });
    const outcome = session.runOperation(step, folder, "log", { name: "UPSERT_MAP", arguments: ["3,4", "stairs"] });
    expect(outcome).toEqual({ text: "kept log", writes: [{ file: "map.txt", text: "0,0 start\n3,4 stairs\n" }] });
    expect(session.state()).toBe('{"last":"3,4"}');
    expect(folder.files.get("map.txt")).toBe("0,0 start\n");
  });

  test("may refuse and rewrite those of the model", async () => {
    const session = await openHooks(fields);
    expect(session.onOperation(step, memory, "log", { name: "WRITE", arguments: ["a", "b"] })).toEqual({
      verdict: "refuse",
      text: "append log",
    });
    expect(session.onOperation(step, memory, "log", { name: "READ", arguments: ["a"] })).toEqual({
      verdict: "rewrite",
      operation: { name: "TAIL", arguments: ["a", "5"] },
    });
    expect(session.onOperation(step, memory, "log", { name: "TAIL", arguments: ["a", "1"] })).toEqual({
      verdict: "allow",
    });
  });

  test("stand in the help of their phase, and hidden ones do not", async () => {
    const session = await openHooks(
      `${fields}, handoff: (ctx) => ctx.operationHelp.log.join("\\n") + "==" + ctx.operationHelp.plan.join("\\n")`,
    );
    const [log, plan] = session.handoff(step, memory).split("==");
    expect(log).toContain("<|UPSERT_MAP|>name|text<|END|> sets a square");
    expect(log).not.toContain("COUNT");
    expect(plan).not.toContain("UPSERT_MAP");
  });

  test("an outcome that does not fit is refused", async () => {
    const session = await openHooks(fields.replace('text: "kept " + phase', "text: 5"));
    expect(() => session.runOperation(step, memory, "log", { name: "UPSERT_MAP", arguments: ["1,1", "x"] })).toThrow(
      /UPSERT_MAP returned cannot be used: text/,
    );
  });
});

describe("actions", () => {
  test("a rejection is a text, an acceptance is nothing", async () => {
    const session = await openHooks(`validateAction: (ctx, action) => action === "Noop" ? "do something" : undefined`);
    expect(session.validateAction(step, memory, "Noop")).toEqual({ verdict: "reject", text: "do something" });
    expect(session.validateAction(step, memory, "Move North")).toEqual({ verdict: "accept" });
  });

  test("a fallback that is no action of the game is an error that names it", async () => {
    const session = await openHooks(`fallbackAction: () => "fly"`);
    expect(() => session.fallbackAction(step)).toThrow(/"fly" is not one of the actions/);
  });
});

describe("memory writes", () => {
  test("are open in afterLog and beforePlan, at once and in order", async () => {
    const session =
      await openHooks(`afterLog({ memory }) { memory.write("a.txt", "1\\n"); memory.append("a.txt", "2\\n"); memory.append("b.txt", String(memory.count("a.txt"))); },
      beforePlan({ memory }) { memory.remove("a.txt"); }`);
    const folder = memoryOf({});
    session.afterLog(step, folder);
    expect([...folder.files]).toEqual([
      ["a.txt", "1\n2\n"],
      ["b.txt", "2"],
    ]);
    session.beforePlan(step, folder);
    expect([...folder.files.keys()]).toEqual(["b.txt"]);
  });
});

test("a disposed session is of no more use", async () => {
  const session = await openHooks("");
  session.dispose();
  expect(() => session.planPrompt(step, memory)).toThrow(/disposed/);
});

test("a hook's error says package, hook, place and what to do", async () => {
  const session = await openHooks("handoff: (ctx) => ctx.nothing.here");
  expect(() => session.handoff(step, memory)).toThrow(
    /^Scaffold toy 1\.2\.3: hook handoff failed: TypeError: .*hooks\.ts.*load the package again\.$/,
  );
});
