/** All hooks of the MiniHack scaffold in the sandbox, over golden episodes, without a model. */
import { describe, expect, test } from "bun:test";
import { loadPackage } from "../load-package.ts";
import { type GoldenEpisode, goldenEpisode } from "../nle/golden.ts";
import { contextOf, type ReplayedStep, replay } from "../nle/replay.ts";
import { draw } from "../nle/screens.ts";

const loaded = await loadPackage("minihack");
const open = async (path: string, steps?: number) =>
  replay(loaded, await goldenEpisode(path), steps === undefined ? {} : { steps });

/** An episode of observations drawn by hand. */
function drawn(
  task: string,
  actions: string[],
  screens: { executed?: string; screen: ReturnType<typeof draw> }[],
): GoldenEpisode {
  const steps = screens.map(({ executed, screen }, at) => ({
    t: at - 1,
    executed,
    observation: screen,
    blstats: [],
    reward: 0,
  }));
  const last = { ...steps[0]!, executed: actions[0] };
  return { path: "drawn", game: "minihack", task, seed: 1, actions, defaultAction: "north", steps: [...steps, last] };
}

const compass = ["north", "east", "south", "west", "northeast", "southeast", "southwest", "northwest"];

describe("golden episodes", () => {
  for (const path of [
    "boxoban-synthetic/MiniHack-Boxoban-Hard-v0/42.boxo.jsonl.gz",
    "minihack/MiniHack-MazeWalk-9x9-v0/42.explore.jsonl.gz",
    "minihack/MiniHack-CorridorBattle-Dark-v0/42.explore.jsonl.gz",
    "minihack/MiniHack-Corridor-R3-v0/43.explore.jsonl.gz",
    "minihack/MiniHack-Quest-Easy-v0/44.jsonl.gz",
    "balrog-tree/minihack/MiniHack-Quest-Easy-v0/42.jsonl.gz",
  ]) {
    test(`${path}: every hook stays below its limits, and the same twice`, async () => {
      const steps = await open(path);
      expect(steps.length).toBeGreaterThan(5);
      for (const { plan, log, stepIndex } of steps) {
        expect(plan.length).toBeLessThan(9_000);
        expect(plan).toMatch(/<\|ACTION\|>[^|]+<\|END\|>$/);
        if (stepIndex > 0) expect(log).toMatch(/<\|DONE\|>$/);
      }
      expect((await open(path, 5)).map(({ plan }) => plan)).toEqual(steps.slice(0, 5).map(({ plan }) => plan));
    });
  }
});

describe("the task's family", () => {
  test("Boxoban has files, an instruction and a board of its own, and no map notes", async () => {
    const [first, second] = await open("boxoban-synthetic/MiniHack-Boxoban-Hard-v0/42.boxo.jsonl.gz", 2);
    expect(Object.keys(first!.files)).toEqual(["log.txt", "plan.txt", "rules.txt"]);
    expect(first!.plan).toStartWith("You play Boxoban");
    expect(first!.plan).toContain("One step from here: north: ");
    expect(second!.log).not.toContain("UPSERT_MAP");
  });

  test("a task of no family keeps the game's instruction", async () => {
    const quest = await goldenEpisode("minihack/MiniHack-Quest-Easy-v0/44.jsonl.gz");
    const [first] = await replay(loaded, { ...quest, task: "MiniHack-KeyRoom-S5-v0" }, { steps: 1 });
    expect(first!.plan).toStartWith("The game's own instruction.");
    expect(Object.keys(first!.files)).toContain("rules.txt");
  });
});

describe("log.txt", () => {
  test("PLAN shows its last five lines, the one of this step among them", async () => {
    const steps = await open("minihack/MiniHack-MazeWalk-9x9-v0/42.explore.jsonl.gz");
    const { plan, stepIndex } = steps[8]!;
    for (let at = stepIndex - 4; at <= stepIndex; at += 1) expect(plan).toContain(`\nstep ${at}: `);
    expect(plan).not.toContain(`\nstep ${stepIndex - 5}: `);
  });

  test("gets a line from code only if LOG wrote nothing", async () => {
    const maze = await goldenEpisode("minihack/MiniHack-MazeWalk-9x9-v0/42.explore.jsonl.gz");
    const write = (stepIndex: number) => (stepIndex === 2 ? [{ name: "UPSERT_MAP", arguments: ["42,8", "fork"] }] : []);
    const steps = await replay(loaded, maze, { steps: 4, write });
    const log = steps[3]!.files["log.txt"]!;
    expect(log).toMatch(/^step 1: /);
    expect(log).not.toContain("step 2: ");
    expect(log).toContain("step 3: ");
    expect(steps[3]!.files["map.txt"]).toBe("Dlvl:1 (42,8) fork\n");
  });

  test("lines that stand already are refused", async () => {
    const maze = await goldenEpisode("minihack/MiniHack-MazeWalk-9x9-v0/42.explore.jsonl.gz");
    const write = () => [{ name: "APPEND", arguments: ["map.txt", "a dead end in the north"] }];
    const steps = await replay(loaded, maze, { steps: 5, write });
    expect(steps[4]!.files["map.txt"]).toBe("a dead end in the north\n");
  });
});

describe("questions", () => {
  test("are answered in a short prompt without notes; item letters have their actions", async () => {
    const steps = await open("minihack/MiniHack-Quest-Medium-v0/43.jsonl.gz");
    const asked = steps.find(({ plan }) => plan.includes("It asks: What do you want to zap? [j or ?*]"))!;
    expect(asked.plan).toContain("south: types j: a silver wand");
    expect(asked.plan).not.toContain("<|READ|>");
    expect(asked.plan).not.toContain("log.txt");
    expect(asked.plan).toEndWith("<|ACTION|>south<|END|>");
    expect(asked.fallback).toBe("more");
  });

  test("another answer is rejected with the list of answers", async () => {
    const steps = await open("minihack/MiniHack-Quest-Medium-v0/43.jsonl.gz");
    const rejected = steps.filter(
      ({ plan, rejection }) => plan.includes("It asks: What do you want to zap?") && rejection,
    );
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected[0]!.rejection).toContain("Answer with one of: south (types j: a silver wand), more");
  });

  test("the second word of an action is shown when the game asks, and letters find their actions", async () => {
    const quest = await goldenEpisode("minihack/MiniHack-Quest-Medium-v0/43.jsonl.gz");
    const session = await loaded.open(contextOf(quest), 1);
    const asked = quest.steps.findIndex(({ observation }) => observation.long.includes("want to zap? [j or ?*]"));
    const memory = { list: () => [], read: () => undefined };
    const present = (at: number) => ({
      stepIndex: at,
      observation: quest.steps[at]!.observation,
      progress: 0,
      unchangedSteps: 0,
      files: [],
      signals: {},
    });
    session.onReset(present(0));
    session.onObservation(present(0), memory);
    expect(session.repairAction(present(0), "zap j")).toBe("zap");
    const signals = session.onObservation(present(asked), memory);
    const step = { ...present(asked), signals };
    expect(session.planPrompt(step, memory)).toContain("You meant: j");
    expect(session.repairAction(step, "j")).toBe("south");
    expect(session.repairAction(step, '"j"')).toBe("south");
    session.dispose();
  });
});

describe("walking", () => {
  const row = (x: number) => `|${".".repeat(x - 1)}@${".".repeat(6 - x)}|`;
  const at = (x: number) => draw({ rows: ["--------", row(x), "--------"] });

  test("to and fro is warned of, and the fourth visit calls for another way", async () => {
    const walk = [2, 3, 2, 3, 2, 3, 2, 3];
    const screens = walk.map((x, index) => ({
      ...(index === 0 ? {} : { executed: x === 3 ? "east" : "west" }),
      screen: at(x),
    }));
    const steps = await replay(loaded, drawn("MiniHack-Corridor-R3-v0", compass, screens));
    const warned = steps.map(({ plan }) => plan.includes("gone to and fro"));
    expect(warned).toEqual([false, false, false, false, true, true, true, true]);
    expect(steps[6]!.plan).toContain(
      "REQUIRED: you have come here 4 times. Now go west, where you have been not at all.",
    );
    expect(steps[5]!.plan).not.toContain("REQUIRED");
  });

  test("stairs in sight come with the way round lava; lava itself is not stepped into", async () => {
    const rows = ["..........", "..@}..>...", "...}......", ".........."];
    const screen = draw({ rows, surroundings: "lava adjacent east and southeast" });
    const episode = drawn("MiniHack-Quest-Easy-v0", ["east", ...compass], [{ screen }]);
    const [step] = await replay(loaded, episode);
    expect(step!.plan).toContain("Stairs down: go northeast, 4 steps");
    expect(step!.plan).toContain("Lava in line: east, 1 away; southeast, 1 away.");
    expect(step!.rejection).toContain("There is lava to the east");
    expect(step!.fallback).toBe("northeast");
  });

  test("who floats may cross lava", async () => {
    const screen = draw({
      rows: ["..@}.."],
      surroundings: "lava adjacent east",
      bottom: "Dlvl:1 $:0 HP:15(15) Pw:2(2) AC:4 Xp:1/0 Lev",
    });
    const [step] = await replay(loaded, drawn("MiniHack-Quest-Easy-v0", ["east", ...compass], [{ screen }]));
    expect(step!.rejection).toBeUndefined();
  });

  test("a push into a corner is rejected", async () => {
    const screen = draw({ rows: ["######", "#.`@.#", "#.{..#", "######"] });
    const [step] = await replay(
      loaded,
      drawn("MiniHack-Boxoban-Hard-v0", ["west", "north", "east", "south"], [{ screen }]),
    );
    expect(step!.rejection).toContain("pushes a boulder into a corner");
  });
});

test("an observation of another form is played without facts", async () => {
  const strange = { long: "nothing here", short: "" };
  const episode = drawn("MiniHack-Quest-Easy-v0", compass, [
    { screen: strange },
    { executed: "east", screen: strange },
  ]);
  const steps: ReplayedStep[] = await replay(loaded, episode);
  expect(steps.map(({ signals }) => signals)).toEqual([{}, {}]);
  expect(steps[1]!.plan).toContain("nothing here");
  expect(compass).toContain(steps[1]!.fallback);
});
