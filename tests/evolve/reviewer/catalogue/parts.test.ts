/** What each change does, in the sandbox. */
import { describe, expect, test } from "bun:test";
import type { ScaffoldSession, StepContext } from "../../../../src/core/scaffold.ts";
import { loadScaffold } from "../../../../src/scaffold/load-scaffold.ts";
import { episode, manifestText, memoryOf, packageFiles, step } from "../../../scaffold/packages.ts";
import { changeOf, withChanges } from "./shipped.ts";

/** A bare scaffold with `fields` and the changes, at work. */
async function open(parts: readonly string[], fields = ""): Promise<ScaffoldSession> {
  const hooks = `import { defineScaffold } from "automem";
export default defineScaffold<{ n: number }>({ logPrompt: () => "Log.\\n\\nAnswer so.", planPrompt: () => "Plan.\\n\\nAnswer so.", ${fields} });`;
  const bare = packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks });
  const session = await (await loadScaffold(withChanges(bare, parts.map(changeOf)))).open(episode, 7);
  session.onReset({ ...step, stepIndex: 0 });
  return session;
}

function seeing(long: string, changes: Partial<StepContext> = {}): StepContext {
  return {
    ...step,
    stepIndex: 5,
    unchangedSteps: 0,
    observation: { long, short: "" },
    previousObservation: { long: "A road.", short: "" },
    ...changes,
  };
}

const door = "You are at the mason's door. Say the mason's password.";

describe("recall", () => {
  test("shows the notes that share rare words with what is seen, whatever file they stand in, before the last paragraph", async () => {
    const session = await open(["recall"]);
    const memory = memoryOf({
      "talk.txt": "The clerk says: my password is lamp fox.\nThe mason says: my password is coral swan.\n",
      "other.txt": "It rained.\n",
    });
    expect(session.planPrompt(seeing(door), memory)).toBe(
      "Plan.\n\nYour notes on what you see (file: line):\n- talk.txt: The mason says: my password is coral swan.\n- talk.txt: The clerk says: my password is lamp fox.\n\nAnswer so.",
    );
    expect(session.planPrompt(seeing("A wall."), memory)).toBe("Plan.\n\nAnswer so.");
    expect(session.planPrompt(seeing(door), memoryOf({}))).toBe("Plan.\n\nAnswer so.");
    expect(session.logPrompt(seeing(door), memory)).toBe("Log.\n\nAnswer so.");
  });

  test("leaves common words aside, shows five at most, each once, and stays within its work on a full memory", async () => {
    const session = await open(["recall"]);
    const rows = Array.from({ length: 3_000 }, (_, index) => `You see room ${index} with a door and a lamp`);
    const memory = memoryOf({ "rooms.txt": `${rows.join("\n")}\nthe mason wants coral\nthe mason wants coral\n` });
    const prompt = session.planPrompt(seeing(`${door} You see a room with a lamp.`), memory);
    expect(prompt.match(/^- /gm)).toHaveLength(1);
    expect(prompt).toContain("- rooms.txt: the mason wants coral");
    expect(session.work?.get("planPrompt")).toBeLessThan(5_000_000);
  });
});

describe("form for what is new", () => {
  const told = seeing("The mason says: my password is coral swan. It rains.", { stepIndex: 3 });

  test("offers each new sentence of words as a write, and none that is known or was seen before", async () => {
    const session = await open(["fact-form"]);
    expect(session.initFiles()).toEqual({ "facts.txt": "" });
    expect(session.logPrompt(told, memoryOf({ "facts.txt": "" }))).toBe(
      "Log.\n\nAnswer so.\n\nNew here. What of it will you be asked for, or need, later? Who, what, where, which words? Keep it word for word, and leave out what will not matter:\n<|APPEND|>facts.txt|The mason says: my password is coral swan.<|END|>\n<|DONE|>",
    );
    const known = memoryOf({ "x.txt": "the mason says:  my password is coral swan.\n" });
    expect(session.logPrompt(told, known)).toBe("Log.\n\nAnswer so.");
    const again = { ...told, previousObservation: told.observation };
    expect(session.logPrompt(again, memoryOf({}))).toBe("Log.\n\nAnswer so.");
    expect(session.logPrompt(seeing("|....|\n|.@..|\n#..|"), memoryOf({}))).toBe("Log.\n\nAnswer so.");
  });

  test("offers in the first LOG what the first observation said too", async () => {
    const session = await open(["fact-form"]);
    const first = { ...told, stepIndex: 1, previousObservation: { long: "The clerk keeps the red key.", short: "" } };
    expect(session.logPrompt(first, memoryOf({}))).toContain("The clerk keeps the red key.");
  });

  test("names no APPEND where the scaffold hides it, and keeps the scaffold's own file", async () => {
    const session = await open(
      ["fact-form"],
      `hiddenOperations: ["APPEND"], initFiles: () => ({ "facts.txt": "seeded" })`,
    );
    expect(session.logPrompt(told, memoryOf({}))).toContain("- The mason says: my password is coral swan.");
    expect(session.logPrompt(told, memoryOf({}))).not.toContain("APPEND");
    expect(session.initFiles()).toEqual({ "facts.txt": "seeded" });
  });
});

describe("facts under names", () => {
  test("KEEP writes one line a name, replaces it in any case, and tells what it was", async () => {
    const session = await open(["keyed-facts"]);
    const memory = memoryOf({ "facts.txt": "clerk: lamp fox\nMason: old\n" });
    const keep = (name: string, text: string) =>
      session.runOperation(step, memory, "log", { name: "KEEP", arguments: [name, text] });
    expect(keep("mason", "coral\nswan")).toEqual({
      text: "Kept mason. It was: Mason: old",
      writes: [{ file: "facts.txt", text: "clerk: lamp fox\nmason: coral swan\n" }],
    });
    expect(keep("clerk", "lamp fox")).toEqual({ text: "clerk stands there already." });
    expect(keep(" ", "x")).toMatchObject({ status: "refused" });
    expect(session.planPrompt(step, memory)).toContain(
      "Facts you keep (facts.txt):\nclerk: lamp fox\nMason: old\n\nAnswer so.",
    );
    expect(session.planPrompt(step, memoryOf({}))).toBe("Plan.\n\nAnswer so.");
  });

  test("stands beside the operations of the scaffold", async () => {
    const session = await open(
      ["keyed-facts"],
      `operations: [{ name: "NOTE", phases: ["log"], effect: "read", arguments: [], help: "", run: () => ({ text: "mine" }) }]`,
    );
    expect(session.operations.map(({ name }) => name)).toEqual(["NOTE", "KEEP"]);
    expect(session.runOperation(step, memoryOf({}), "log", { name: "NOTE", arguments: [] })).toEqual({ text: "mine" });
  });
});

describe("newest notes in PLAN", () => {
  test("shows the last eight lines that were added to each file, without the seed", async () => {
    const session = await open(["inline-notes"], `initFiles: () => ({ "rules.txt": "seeded rule\\n", "a.txt": "" })`);
    const rows = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    const memory = memoryOf({ "a.txt": `${rows.join("\n")}\n`, "rules.txt": "seeded rule\nlearnt rule\n" });
    const prompt = session.planPrompt(step, memory);
    expect(prompt).toContain("a.txt:\n  line 4\n");
    expect(prompt).toContain("  line 11\nrules.txt:\n  learnt rule\n\nAnswer so.");
    expect(prompt).not.toContain("seeded rule");
    expect(session.planPrompt(step, memoryOf({ "rules.txt": "seeded rule\n", "a.txt": "" }))).toBe(
      "Plan.\n\nAnswer so.",
    );
  });
});

describe("index of the files", () => {
  test("shows first and newest line of each file in both phases", async () => {
    const session = await open(["file-index"]);
    const memory = memoryOf({ "a.txt": "# Doors\nred door north\nblue door south\n", "b.txt": "", "c.txt": "one\n" });
    const index = `What your files hold (first line ... newest line):\n- a.txt, 3 lines: "# Doors" ... "blue door south"\n- b.txt: empty\n- c.txt, 1 line: "one"`;
    expect(session.planPrompt(step, memory)).toContain(index);
    expect(session.logPrompt(step, memory)).toContain(index);
  });
});

describe("seeded rules of the game", () => {
  test("seeds sentences of the instruction and a line for each action, and tells how to look one up", async () => {
    const session = await open(["game-knowledge"]);
    expect(session.initFiles()).toEqual({
      "game-rules.txt": "Find the key.\naction Noop: do nothing\naction Move North: go north\n",
    });
    expect(session.planPrompt(step, memoryOf({}))).toContain("<|SEARCH|>game-rules.txt|Move North<|END|>");
  });
});

describe("pruning", () => {
  test("cuts a long file to its seed and the newest eighty others, each once, and leaves short ones alone", async () => {
    const session = await open(
      ["pruning"],
      `initFiles: () => ({ "log.txt": "# Log\\nkeep me\\n" }), afterLog: (ctx) => ctx.memory.write("mark.txt", "inner ran")`,
    );
    const rows = Array.from({ length: 200 }, (_, index) => `event ${index % 150}`);
    const folder = memoryOf({ "log.txt": `# Log\nkeep me\n${rows.join("\n")}\n`, "short.txt": "a\na\n" });
    const memory = {
      ...folder,
      list: () => [
        { name: "log.txt", characters: 0, lines: 202 },
        { name: "short.txt", characters: 0, lines: 2 },
      ],
    };
    session.afterLog(step, memory);
    const kept = folder.files.get("log.txt")!.trimEnd().split("\n");
    expect(kept.slice(0, 2)).toEqual(["# Log", "keep me"]);
    expect(kept).toHaveLength(82);
    expect(kept.at(-1)).toBe("event 49");
    expect(new Set(kept).size).toBe(82);
    expect(folder.files.get("short.txt")).toBe("a\na\n");
    expect(folder.files.get("mark.txt")).toBe("inner ran");
  });
});

describe("no line twice", () => {
  test("refuses an APPEND of what stands in any file, in any case, and lets all else pass", async () => {
    const session = await open(["no-repeats"]);
    const memory = memoryOf({ "a.txt": "The key is red.\nDoor north.\n" });
    const ask = (name: string, ...given: string[]) =>
      session.onOperation(step, memory, "log", { name, arguments: given });
    expect(ask("APPEND", "b.txt", "the KEY  is red.\nDoor north.")).toEqual({
      verdict: "refuse",
      text: 'Not added: a.txt says "the KEY is red. Door north." already. Add what is new, or end with <|DONE|>',
    });
    for (const allowed of [
      ask("APPEND", "a.txt", "The key is red.\nNew."),
      ask("WRITE", "a.txt", "The key is red."),
      ask("READ", "a.txt"),
    ]) {
      expect(allowed).toEqual({ verdict: "allow" });
    }
  });

  test("leaves the scaffold's own refusals and rewrites as they are", async () => {
    const session = await open(
      ["no-repeats", "note-form"],
      `onOperation: (_ctx, op) => op.name === "APPEND" ? { verdict: "refuse", text: "mine" } : undefined`,
    );
    const answer = session.onOperation(step, memoryOf({ a: "x" }), "log", { name: "APPEND", arguments: ["a", "x"] });
    expect(answer).toEqual({ verdict: "refuse", text: "mine" });
  });
});

describe("warning when stuck", () => {
  const at = (long: string, action: string, unchangedSteps = 0): StepContext =>
    seeing(long, {
      unchangedSteps,
      outcome: { raw: action, action, executed: action, valid: true, fallback: false, reward: 0 },
    });

  test("names the actions that changed nothing, and going back and forth, and keeps the scaffold's own state", async () => {
    const session = await open(
      ["stuck-warning"],
      `onReset: () => ({ n: 1 }), onObservation(ctx) { ctx.state.n += 1; return { n: ctx.state.n }; }`,
    );
    const memory = memoryOf({});
    expect(session.onObservation(at("hall", "north"), memory)).toEqual({ n: 2 });
    expect(session.planPrompt(at("hall", "north"), memory)).toBe("Plan.\n\nAnswer so.");
    session.onObservation(at("hall", "east", 1), memory);
    session.onObservation(at("hall", "west", 2), memory);
    expect(session.planPrompt(at("hall", "west", 2), memory)).toContain(
      "in 2 steps nothing changed. Tried without effect: east, west.",
    );
    for (const [place, move] of [
      ["yard", "south"],
      ["hall", "north"],
      ["yard", "south"],
      ["hall", "north"],
    ] as const) {
      session.onObservation(at(place, move), memory);
    }
    expect(session.planPrompt(at("hall", "north"), memory)).toContain(
      "back and forth between two places with south and north",
    );
    expect(JSON.parse(session.state())).toMatchObject({ inner: { n: 8 } });
    expect(JSON.parse(session.state()).own.recent).toHaveLength(7);
  });

  test("hands every hook of the scaffold its own state, twice over too", async () => {
    const fields = `onReset: () => ({ n: 0 }), onObservation(ctx) { ctx.state.n += 1; return {}; },
      afterLog(ctx) { ctx.state.n += 10; }, beforePlan(ctx) { ctx.state.n += 100; }, repairAction(ctx, raw) { ctx.state.n += 1000; return raw; },
      validateAction: (ctx) => ctx.state.n > 0 ? undefined : "no", fallbackAction(ctx) { ctx.state.n += 10000; return "Noop"; },
      onOperation: (ctx) => ({ verdict: "refuse", text: String(ctx.state.n) }), handoff: (ctx) => "n " + ctx.state.n, debug: (ctx) => ctx.state.n,
      logContinue: (ctx) => "log " + ctx.state.n, planContinue(ctx) { ctx.state = { n: -1 }; return "plan"; },
      operations: [{ name: "COUNTER", phases: ["plan"], effect: "read", arguments: [], help: "", run: (ctx) => ({ text: "count " + ctx.state.n }) }]`;
    const session = await open(["stuck-warning"], fields);
    const memory = memoryOf({});
    session.onObservation(step, memory);
    session.afterLog(step, memory);
    session.beforePlan(step, memory);
    session.repairAction(step, "x");
    expect(session.validateAction(step, memory, "x")).toEqual({ verdict: "accept" });
    expect(session.fallbackAction(step)).toBe("Noop");
    expect(session.onOperation(step, memory, "log", { name: "READ", arguments: ["a"] })).toMatchObject({
      text: "11111",
    });
    expect(session.handoff(step, memory)).toBe("n 11111");
    expect(session.logContinue(step, memory, { results: [], callsLeft: 1 })).toBe("log 11111");
    expect(session.runOperation(step, memory, "plan", { name: "COUNTER", arguments: [] })).toEqual({
      text: "count 11111",
    });
    expect(session.debug(step)).toBe(11111);
    session.planContinue(step, memory, { results: [], callsLeft: 1 });
    expect(session.debug(step)).toBe(-1);
  });
});

describe("gate on useless repetition", () => {
  test("sends the last action back after three steps without a change, and lets another and the scaffold's own reasons be", async () => {
    const session = await open(
      ["repetition-gate"],
      `validateAction: (_ctx, action) => action === "bad" ? "mine" : undefined`,
    );
    const memory = memoryOf({});
    const stuck = { ...step, unchangedSteps: 3 };
    expect(session.validateAction(stuck, memory, "Noop")).toMatchObject({ verdict: "reject" });
    expect(session.validateAction(stuck, memory, "Move North")).toEqual({ verdict: "accept" });
    expect(session.validateAction({ ...step, unchangedSteps: 2 }, memory, "Noop")).toEqual({ verdict: "accept" });
    expect(session.validateAction(stuck, memory, "bad")).toEqual({ verdict: "reject", text: "mine" });
  });
});

describe("form of the notes", () => {
  test("seeds three files with the form of their lines, and refuses long and many lines", async () => {
    const session = await open(["note-form"]);
    expect(Object.keys(session.initFiles()).sort()).toEqual(["facts.txt", "lessons.txt", "places.txt"]);
    expect(session.initFiles()["places.txt"]).toBe("# what is where; one line each: thing: place, or the way to it\n");
    expect(session.logPrompt(step, memoryOf({}))).toContain(
      "- lessons.txt: what worked and what failed (action in which case: what came of it)",
    );
    const ask = (text: string, name = "APPEND") =>
      session.onOperation(step, memoryOf({}), "log", { name, arguments: ["facts.txt", text] });
    expect(ask("x".repeat(201))).toMatchObject({ verdict: "refuse" });
    expect(ask("a\nb\nc\nd\ne")).toMatchObject({ verdict: "refuse" });
    expect(ask("a\nb\nc\nd")).toEqual({ verdict: "allow" });
    expect(ask("x".repeat(500), "WRITE")).toEqual({ verdict: "allow" });
  });
});
