/** Position and achievements as the tracker works them out, against what the game knew in the golden episodes. */
import { describe, expect, test } from "bun:test";
import { readMoment } from "../../../scaffolds/crafter/moment.ts";
import { nextPosition, type Position, positionText, startPosition } from "../../../scaffolds/crafter/position.ts";
import { newTracker, type Tracker, track } from "../../../scaffolds/crafter/tracker.ts";
import { type GoldenEpisode, goldenEpisodes } from "./golden.ts";
import { asleep, moment } from "./moments.ts";

const episodes = await goldenEpisodes();

/** The tracker after each step of an episode, beside what the game knew. */
function* tracked(episode: GoldenEpisode) {
  let tracker: Tracker = newTracker;
  for (const [index, step] of episode.steps.entries()) {
    const previous = episode.steps[index - 1];
    if (previous === undefined || step.facts === undefined) continue;
    const played = {
      action: step.action,
      before: readMoment(previous.observation),
      after: readMoment(step.observation),
      progress: step.progress,
      unchanged: Bun.deepEquals(previous.observation, step.observation),
    };
    const result = track(tracker, played);
    tracker = result.tracker;
    yield { ...result, step, facts: step.facts, rise: step.progress > previous.progress };
  }
}

describe("golden episodes", () => {
  for (const episode of episodes) {
    test(`${episode.name}: achievements are those the game counted, in every step`, () => {
      for (const { tracker, facts, news, rise } of tracked(episode)) {
        const known = Object.keys(facts.achievements).map((name) => name.replaceAll("_", " "));
        expect([...tracker.done].sort()).toEqual(known.sort());
        expect(news.unlocked.length > 0).toBe(rise);
      }
    });

    test(`${episode.name}: the position is the player's, and certain only where it is`, () => {
      for (const { tracker, facts } of tracked(episode)) {
        const [x, y] = facts.player_pos;
        // The player starts in the middle of 64 by 64 squares.
        expect([tracker.position.x, tracker.position.y]).toEqual([x - 32, y - 32]);
      }
    });
  }

  test("the position is certain in most steps", () => {
    const all = episodes.flatMap((episode) => [...tracked(episode)]);
    const certain = all.filter(({ tracker }) => tracker.position.certain);
    expect(certain.length / all.length).toBeGreaterThan(0.75);
  });

  test("what is gained and used adds up to the pack", () => {
    for (const episode of episodes) {
      for (const { facts, step } of tracked(episode)) {
        expect(readMoment(step.observation).status.items.wood ?? 0).toBe(facts.inventory.wood ?? 0);
      }
    }
  });
});

describe("position", () => {
  const from = (facing: Position["facing"]): Position => ({ ...startPosition, facing });
  const after = (
    facing: Position["facing"],
    action: string,
    before: string[],
    faced: string,
    then: string[],
    now: string,
  ) => nextPosition(from(facing), action, moment(before, faced).sight, moment(then, now).sight);

  test("a free square in front is walked onto", () => {
    expect(after("north", "Move North", [], "grass", [], "tree")).toEqual({
      x: 0,
      y: -1,
      certain: true,
      facing: "north",
    });
  });

  test("a tree in front stops the player", () => {
    expect(
      after("north", "Move North", ["tree 1 step to your north"], "tree", ["tree 1 step to your north"], "tree"),
    ).toMatchObject({
      y: 0,
      certain: true,
    });
  });

  test("a cow one step off in the direction stops the player, though it has gone since", () => {
    expect(after("south", "Move East", ["cow 1 step to your east"], "grass", [], "grass")).toEqual({
      x: 0,
      y: 0,
      certain: true,
      facing: "east",
    });
  });

  test("a stone that was two steps off is reached, not run into", () => {
    const before = ["stone 2 steps to your east"];
    expect(after("south", "Move East", before, "grass", ["stone 1 step to your east"], "stone")).toMatchObject({
      x: 1,
      certain: true,
    });
  });

  test("two of a kind one step off leave it open", () => {
    const trees = ["tree 1 step to your west"];
    expect(after("south", "Move East", trees, "grass", trees, "tree")).toMatchObject({ x: 0, certain: false });
  });

  test("an action that is no move changes nothing", () => {
    expect(after("north", "Do", [], "grass", [], "grass")).toEqual(from("north"));
  });

  test("is told in words", () => {
    expect(positionText(startPosition)).toBe("at the start");
    expect(positionText({ x: 3, y: -2, certain: true, facing: null })).toBe("3 east, 2 north of the start");
    expect(positionText({ x: 0, y: 4, certain: false, facing: null })).toBe("about 4 south of the start");
  });
});

describe("a step", () => {
  const step = (action: string, before = moment(), after = moment(), progress = 0) =>
    track(newTracker, { action, before, after, progress, unchanged: Bun.deepEquals(before, after) });

  test("tells what was gained, used and lost", () => {
    const { news } = step(
      "Place Table",
      moment([], "grass", { wood: 3 }),
      moment([], "table", { wood: 1 }, { health: 7 }),
      1 / 22,
    );
    expect(news).toMatchObject({
      changes: ["Used: wood -2.", "Health -2."],
      failed: undefined,
      unlocked: ["place table"],
    });
  });

  test("names a craft that failed and what it lacked", () => {
    expect(
      step("Make Wood Pickaxe", moment([], "grass", { wood: 1 }), moment([], "grass", { wood: 1 })).news.failed,
    ).toBe("Make Wood Pickaxe did nothing. It lacked: a table within one square of you.");
  });

  test("names what has become possible", () => {
    expect(step("Do", moment([], "tree", { wood: 1 }), moment([], "grass", { wood: 2 })).news.nowPossible).toEqual([
      "Place Table",
    ]);
  });

  test("a hit without a rise of progress unlocks nothing", () => {
    expect(step("Do", moment(["zombie 1 step to your north"], "zombie"), moment()).news.unlocked).toEqual([]);
  });

  test("asleep, an action is not played: no move, no fault, no Noop counted", () => {
    const sleeping = asleep(moment([], "grass", {}, { energy: 5 }));
    const { tracker, news } = step("Move North", sleeping, sleeping);
    expect(tracker.position).toEqual(startPosition);
    expect(tracker.counters).toMatchObject({ noops: 0, withoutEffect: 0 });
    expect(step("Place Table", sleeping, sleeping).news.failed).toBeUndefined();
    expect(news.unlocked).toEqual([]);
  });

  test("waking with energy full is the achievement; waking from a hit is not", () => {
    const before = (energy: number) => asleep(moment([], "grass", {}, { energy }));
    expect(step("Noop", before(9), moment(), 1 / 22).news.unlocked).toEqual(["wake up"]);
    expect(step("Noop", before(6), moment([], "grass", {}, { energy: 6, health: 2 }), 0).news.unlocked).toEqual([]);
  });
});
