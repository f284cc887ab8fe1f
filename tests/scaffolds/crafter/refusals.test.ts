/** The gate of the crafter scaffold: what it refuses, and what it must let pass. */
import { describe, expect, test } from "bun:test";
import { readMoment } from "../../../scaffolds/crafter/moment.ts";
import { mostNoops, mostRejections, type RefusalInput, refusal } from "../../../scaffolds/crafter/refusals.ts";
import { newTracker, track } from "../../../scaffolds/crafter/tracker.ts";
import { goldenEpisodes } from "./golden.ts";
import { asleep, moment } from "./moments.ts";

const refuse = (action: string, given = moment(), changes: Partial<RefusalInput> = {}) =>
  refusal(action, { moment: given, facing: null, noops: 0, rejections: 0, ...changes });

const table = ["table 1 step to your east"];

describe("refuses", () => {
  test("a tool without its materials, naming what is missing and what is there", () => {
    expect(refuse("Make Stone Pickaxe", moment(table, "grass", { wood: 1 }))).toBe(
      "Make Stone Pickaxe cannot work now. It needs 1 stone (you have 0).",
    );
  });

  test("a tool with no table near", () => {
    expect(refuse("Make Wood Sword", moment(["table 3 steps to your east"], "grass", { wood: 1 }))).toContain(
      "a table within one square",
    );
    expect(refuse("Make Iron Sword", moment(table, "grass", { wood: 1, coal: 1, iron: 1 }))).toContain(
      "a furnace within one square",
    );
  });

  test("a placement on a square that cannot take it", () => {
    expect(refuse("Place Table", moment([], "tree", { wood: 9 }))).toContain("you face tree");
    expect(refuse("Place Plant", moment([], "sand", { sapling: 1 }))).toContain("you face sand");
  });

  test("to mine without the pickaxe, and Do on what it does nothing to", () => {
    expect(refuse("Do", moment([], "stone"))).toBe("stone takes a wood pickaxe, which you do not have.");
    expect(refuse("Do", moment([], "iron", { wood_pickaxe: 1 }))).toContain("a stone pickaxe");
    expect(refuse("Do", moment([], "table"))).toContain("no effect on table");
  });

  test("to gather what there are nine of, but not to drink or to hit", () => {
    expect(refuse("Do", moment([], "tree", { wood: 9 }))).toBe("You carry 9 wood, and cannot carry more.");
    expect(refuse("Do", moment([], "tree", { wood: 8 }))).toBeUndefined();
    expect(refuse("Do", moment([], "water", { wood: 9 }))).toBeUndefined();
    expect(refuse("Do", moment([], "cow", { wood: 9 }))).toBeUndefined();
  });

  test("Sleep with energy full, and near what hurts", () => {
    expect(refuse("Sleep")).toContain("energy is 9");
    const tired = (where: string) => moment([where], "grass", {}, { energy: 3 });
    expect(refuse("Sleep", tired("zombie 4 steps to your north-east"))).toContain("A zombie is 4 steps away");
    expect(refuse("Sleep", tired("skeleton 1 step to your north"))).toContain("A skeleton");
    expect(refuse("Sleep", tired("zombie 6 steps to your north-east"))).toBeUndefined();
    expect(refuse("Sleep", tired("cow 1 step to your north"))).toBeUndefined();
  });

  test("the sixth Noop in a row", () => {
    expect(refuse("Noop", moment(), { noops: mostNoops - 1 })).toBeUndefined();
    expect(refuse("Noop", moment(), { noops: mostNoops })).toContain("5 Noops in a row");
  });

  test("a walk into lava", () => {
    expect(refuse("Move East", moment(["lava 1 step to your east"]))).toContain("lava to the east");
    expect(refuse("Move North", moment(["lava 1 step to your east"], "lava"), { facing: "north" })).toContain("lava");
    expect(refuse("Move West", moment(["lava 1 step to your east"]))).toBeUndefined();
    expect(refuse("Move East", moment(["lava 2 steps to your east"]))).toBeUndefined();
  });
});

describe("lets pass", () => {
  test("what works", () => {
    expect(refuse("Make Wood Pickaxe", moment(table, "grass", { wood: 1 }))).toBeUndefined();
    expect(
      refuse("Make Wood Pickaxe", moment(["table 2 steps to your south-east"], "grass", { wood: 1 })),
    ).toBeUndefined();
    expect(refuse("Place Stone", moment([], "water", { stone: 1 }))).toBeUndefined();
    expect(refuse("Do", moment([], "tree"))).toBeUndefined();
    expect(refuse("Do", moment([], "diamond", { iron_pickaxe: 1 }))).toBeUndefined();
  });

  test("a tool where a second table could be at a corner, and anything where nothing is listed", () => {
    expect(refuse("Make Wood Pickaxe", moment(["table 2 steps to your east"], "grass", { wood: 1 }))).toBeUndefined();
    const edge = {
      ...moment([], "grass", { wood: 1 }),
      sight: readMoment({ long: "You see nothing away from you.", short: "" }).sight,
    };
    expect(refuse("Make Wood Pickaxe", edge)).toBeUndefined();
    expect(refuse("Place Table", { ...edge, status: { vitals: {}, items: { wood: 2 } } })).toBeUndefined();
  });

  test("everything after two rejections, and while asleep", () => {
    expect(refuse("Place Table", moment(), { rejections: mostRejections - 1 })).toBeDefined();
    expect(refuse("Place Table", moment(), { rejections: mostRejections })).toBeUndefined();
    expect(refuse("Place Table", asleep(moment([], "grass", {}, { energy: 4 })))).toBeUndefined();
  });

  test("every action that had an effect in the recorded games", async () => {
    let effects = 0;
    let refused = 0;
    for (const { steps } of await goldenEpisodes()) {
      let tracker = newTracker;
      for (const [index, step] of steps.entries()) {
        const previous = steps[index - 1];
        if (previous === undefined) continue;
        const [before, after] = [readMoment(previous.observation), readMoment(step.observation)];
        const { facing } = tracker.position;
        const text = refuse(step.action, before, { facing, noops: tracker.counters.noops });
        const unchanged = Bun.deepEquals(previous.observation, step.observation);
        const result = track(tracker, { action: step.action, before, after, progress: step.progress, unchanged });
        tracker = result.tracker;
        const { failed, changes } = result.news;
        const crafted = /^(Make|Place) /.test(step.action) && failed === undefined && !before.sight.asleep;
        const mined = step.action === "Do" && changes.some((change) => change.startsWith("Gained"));
        if (text !== undefined) refused += 1;
        if (!crafted && !mined) continue;
        effects += 1;
        expect(text).toBeUndefined();
      }
    }
    expect(effects).toBeGreaterThan(15);
    expect(refused).toBeGreaterThan(100);
  });
});
