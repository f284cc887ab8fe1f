/** All hooks of the NetHack scaffold in the sandbox, over golden episodes, without a model. */
import { describe, expect, test } from "bun:test";
import { loadPackage } from "../load-package.ts";
import { type GoldenEpisode, goldenEpisode } from "../nle/golden.ts";
import { replay } from "../nle/replay.ts";
import { draw } from "../nle/screens.ts";

const loaded = await loadPackage("nethack");
const explore = await goldenEpisode("nethack/NetHackChallenge-v0/42.explore.jsonl.gz");
const menus = await goldenEpisode("nethack/NetHackChallenge-v0/44.jsonl.gz");

/** Part of an episode, from step `from` on. */
function part(episode: GoldenEpisode, from: number, length: number): GoldenEpisode {
  return { ...episode, steps: episode.steps.slice(from, from + length + 1) };
}

describe("golden episodes", () => {
  test("every hook stays below its limits over five levels, and each prompt has its form", async () => {
    const steps = await replay(loaded, part(explore, 130, 150));
    expect(steps.length).toBe(150);
    for (const { plan, log, stepIndex } of steps) {
      expect(plan.length).toBeLessThan(12_000);
      expect(plan).toMatch(/<\|ACTION\|>[^|]+<\|END\|>$/);
      if (stepIndex > 0) expect(log).toMatch(/<\|DONE\|>$/);
    }
  });

  test("BALROG's wording is read as well, and a replay is the same twice", async () => {
    const balrog = await goldenEpisode("balrog-tree/nle/NetHackChallenge-v0/42.explore.jsonl.gz");
    const steps = await replay(loaded, balrog, { steps: 60 });
    expect(steps.every(({ signals }) => "levelName" in signals)).toBe(true);
    expect(await replay(loaded, balrog, { steps: 60 })).toEqual(steps);
  });
});

test("the widest open level stays below the limits: every square is looked at, and no way is found", async () => {
  const floor = Array.from({ length: 21 }, (_, y) =>
    y === 10 ? `${".".repeat(40)}@`.padEnd(80, ".") : "d.".repeat(40),
  );
  const screen = draw({ rows: floor, surroundings: "jackal adjacent north and south" });
  const steps = explore.steps.slice(0, 4).map((step) => ({ ...step, observation: screen }));
  const played = await replay(loaded, { ...explore, steps });
  expect(played[2]!.signals.toUnexplored).toBeNull();
  expect(played[2]!.signals.foes).toHaveLength(2);
});

describe("files that code writes", () => {
  test("are those of the observation PLAN sees, each step", async () => {
    const steps = await replay(loaded, explore, { steps: 30 });
    for (const { stepIndex, files, signals } of steps) {
      const place = signals.place as { x: number; y: number } | null;
      expect(files["status.txt"]).toStartWith(`step ${stepIndex}, turn `);
      expect(files["status.txt"]).toContain(place === null ? "at a place not shown" : `at (${place.x},${place.y})`);
      expect(files["inventory.txt"]).toContain("a: a +0 two-handed sword (weapon in hands)\n");
    }
  });

  test("are not the model's to write", async () => {
    const write = () => [
      { name: "WRITE", arguments: ["status.txt", "I am well"] },
      { name: "APPEND", arguments: ["inventory.txt", "a magic lamp"] },
    ];
    const steps = await replay(loaded, explore, { steps: 4, write });
    expect(steps[3]!.files["status.txt"]).not.toContain("I am well");
    expect(steps[3]!.files["inventory.txt"]).not.toContain("magic lamp");
  });

  test("stand unchanged under a menu that covers the status", async () => {
    const steps = await replay(loaded, part(menus, 205, 20));
    const asked = steps.filter(({ signals }) => signals.status === null && signals.question !== null);
    for (const { stepIndex, files } of asked)
      expect(files["status.txt"]).toBe(steps[stepIndex - 1]?.files["status.txt"]);
  });
});

describe("UPSERT_MAP", () => {
  test("keys a note by the level the player is on, replaces and removes it", async () => {
    const deep = explore.steps.findIndex(({ blstats }) => blstats[12] === 4);
    const edits: Record<number, [string, string]> = {
      1: ["30,7", "door"],
      2: ["30,7", "door, locked"],
      3: ["1:30,7", "fountain"],
      4: ["30,7", ""],
    };
    const write = (stepIndex: number) =>
      edits[stepIndex] === undefined ? [] : [{ name: "UPSERT_MAP", arguments: edits[stepIndex] }];
    const steps = await replay(loaded, part(explore, deep, 6), { write });
    expect(steps.map(({ files }) => files["map.txt"])).toEqual([
      "",
      "Dlvl:4 (30,7) door\n",
      "Dlvl:4 (30,7) door, locked\n",
      "Dlvl:4 (30,7) door, locked\nDlvl:1 (30,7) fountain\n",
      "Dlvl:1 (30,7) fountain\n",
      "Dlvl:1 (30,7) fountain\n",
    ]);
    expect(steps[2]!.plan).toContain("Your notes on this level:\nDlvl:4 (30,7) door, locked");
    expect(steps[4]!.plan).not.toContain("Your notes on this level");
  });
});

test("after LOG, long files are pruned and seeded lines stay", async () => {
  const many = Array.from({ length: 151 }, (_, at) => `creature ${at}`).join("\n");
  const write = (stepIndex: number) =>
    stepIndex === 1 ? [{ name: "APPEND", arguments: ["encounters.txt", many] }] : [];
  const steps = await replay(loaded, explore, { steps: 3, write });
  const lines = steps[2]!.files["encounters.txt"]!.trimEnd().split("\n");
  expect(lines.length).toBe(51);
  expect(lines[0]).toStartWith("# Creatures met");
  expect(lines[50]).toBe("creature 150");
});

describe("stairs", () => {
  test("under the player are urgent, above everything and again before the answer", async () => {
    const at = explore.steps.findIndex(({ executed }) => executed === "down") - 1;
    const steps = await replay(loaded, part(explore, at - 10, 12));
    const urgent = "URGENT: You stand on the stairs down: go down. Answer <|ACTION|>down<|END|>";
    const first = steps.findIndex(({ plan }) => plan.startsWith(urgent));
    expect(steps[first]!.plan.split(urgent).length).toBe(3);
    expect(steps[first]!.plan).toEndWith("<|ACTION|>down<|END|>");
    expect(steps[first - 1]!.plan).toStartWith("URGENT: The stairs down are one step ");
    expect(steps[11]!.plan).not.toContain("URGENT");
  });
});

describe("questions and menus", () => {
  test("a menu is left with esc; after five steps nothing else is let through", async () => {
    const steps = await replay(loaded, part(menus, 205, 20));
    const inMenu = steps.filter(({ plan }) => plan.includes("A menu is open."));
    expect(inMenu.length).toBeGreaterThan(8);
    for (const { plan, fallback } of inMenu) {
      expect(plan).toEndWith("<|ACTION|>esc<|END|>");
      expect(plan).not.toContain("<|READ|>");
      expect(fallback).toBe("esc");
    }
    expect(inMenu.some(({ rejection }) => rejection?.endsWith("Leave it: esc."))).toBe(true);
  });

  test("an item question takes its letters only", async () => {
    const steps = await replay(loaded, part(menus, 24, 8));
    const asked = steps.find(({ plan }) => plan.includes("It asks: What do you want to drop? [a-f or ?*]"))!;
    expect(asked.plan).toContain("a: a +1 elven dagger");
    expect(asked.rejection).toContain("Answer with one of: a (");
  });

  test("a letter is no command while nothing is asked, but after a prefix that waits for a direction", async () => {
    const [first] = await replay(loaded, {
      ...explore,
      steps: [explore.steps[0]!, { ...explore.steps[1]!, executed: "E" }],
    });
    expect(first!.rejection).toContain("Nothing is asked: the letter E answers questions only");
    const [before, fight] = [explore.steps[0]!, { ...explore.steps[1]!, executed: "fight" }];
    const steps = await replay(loaded, { ...explore, steps: [before, fight, { ...explore.steps[2]!, executed: "h" }] });
    expect(steps[1]!.rejection).toBeUndefined();
  });

  test("LOG of a question asks for nothing", async () => {
    const steps = await replay(loaded, part(menus, 24, 8));
    const asked = steps.filter(({ log, signals }) => log !== undefined && signals.question !== null);
    expect(asked.length).toBeGreaterThan(2);
    for (const { log } of asked) expect(log).toEndWith("As a rule, answer with this alone:\n<|DONE|>");
  });

  test("a quiet step asks for DONE at once", async () => {
    const steps = await replay(loaded, explore, { steps: 90 });
    const routine = steps.filter(({ log }) => log?.includes("This step looks routine"));
    expect(routine.length).toBeGreaterThan(10);
    expect(routine.every(({ log }) => log!.endsWith("answer with this alone:\n<|DONE|>"))).toBe(true);
  });
});
