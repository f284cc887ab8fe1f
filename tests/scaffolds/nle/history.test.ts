/** What an action brought, and signs of getting nowhere. */
import { describe, expect, test } from "bun:test";
import {
  actionsText,
  type Effect,
  effectOf,
  historyLength,
  isFight,
  type PastStep,
  remember,
  type Shown,
} from "../../../scaffolds/minihack/nle/history.ts";
import { oscillation, patience, stuckSteps, uselessRepeats } from "../../../scaffolds/minihack/nle/oscillation.ts";
import { emptyTrack, type Facts, follow } from "../../../scaffolds/minihack/nle/track.ts";
import { goldenEpisodes } from "./golden.ts";

function step(action: string, x: number, effect: Effect = "moved"): PastStep {
  return { action, place: { x, y: 1 }, effect };
}

const shown: Shown = {
  level: "Dlvl:1",
  place: { x: 1, y: 1 },
  seen: 10,
  inventory: "a: axe",
  message: "",
  hp: 10,
  status: "not hungry",
  features: "",
  asked: false,
};

describe("effects", () => {
  const table: [what: string, change: Partial<Shown>, effect: Effect][] = [
    ["nothing", {}, "nothing"],
    ["a change of place", { place: { x: 2, y: 1 } }, "moved"],
    ["new squares", { place: { x: 2, y: 1 }, seen: 12 }, "explored"],
    ["another level", { level: "Dlvl:2", seen: 3 }, "explored"],
    ["a blow", { message: "You hit the jackal." }, "fought"],
    ["a missed blow of the other side", { message: "The giant rat misses!" }, "fought"],
    ["a lost hit point", { hp: 9 }, "changed"],
    ["a hit point that came back", { hp: 11 }, "nothing"],
    ["a thing picked up", { inventory: "a: axe\nb: key" }, "changed"],
    ["a door that opened", { features: "90o" }, "changed"],
    ["a question", { asked: true, message: "In what direction?" }, "asked"],
    ["a remark", { message: "It's solid stone." }, "nothing"],
  ];
  for (const [what, change, effect] of table) {
    test(what, () => expect(effectOf(shown, { ...shown, ...change })).toBe(effect));
  }

  test("an answer to a question is not without effect", () => {
    expect(effectOf({ ...shown, asked: true }, shown)).toBe("changed");
  });

  test("a fight is told from other talk", () => {
    expect(["You kill the newt!", "The jackal bites!", "You miss it."].map(isFight)).toEqual([true, true, true]);
    expect(["You see here a kicked-in box.", "It's a wall.", "You hear a door open."].map(isFight)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("going to and fro", () => {
  test("shows from the fourth step on", () => {
    const four = [step("east", 2), step("west", 1), step("east", 2), step("west", 1)];
    expect([3, 4].map((length) => oscillation(four.slice(0, length)))).toEqual([0, 4]);
    expect(oscillation([...four, step("east", 2)])).toBe(5);
  });

  test("does not show while fighting in place, nor where new things are seen", () => {
    const fight = Array.from({ length: 8 }, () => step("east", 1, "fought"));
    expect([oscillation(fight), uselessRepeats(fight), stuckSteps(fight)]).toEqual([0, 0, 0]);
    const useful = [step("east", 2), step("west", 1, "explored"), step("east", 2), step("west", 1)];
    expect(oscillation(useful)).toBe(0);
  });

  test("three moves of use are three moves of use", () => {
    const walk = [step("east", 1), step("east", 2), step("east", 3), step("east", 4)];
    expect([oscillation(walk), uselessRepeats(walk), stuckSteps(walk)]).toEqual([0, 0, 0]);
  });

  test("is broken by questions and other actions", () => {
    const asked = [step("east", 2), step("west", 1), step("kick", 1, "asked"), step("east", 2), step("west", 1)];
    expect(oscillation(asked)).toBe(0);
  });
});

describe("repetition", () => {
  test("counts the same action without effect", () => {
    const bumps = [step("east", 1, "moved"), step("north", 1, "nothing"), step("north", 1, "nothing")];
    expect(uselessRepeats(bumps)).toBe(2);
    expect(uselessRepeats([...bumps, step("south", 1, "nothing")])).toBe(1);
  });

  test("searching is patience, not repetition", () => {
    const search = Array.from({ length: 5 }, () => step("search", 1, "nothing"));
    expect([uselessRepeats(search), patience(search), stuckSteps(search)]).toEqual([0, 5, 0]);
  });
});

test("stuck is eight steps on three squares with nothing new", () => {
  const round = [1, 2, 3, 2, 1, 2, 3, 2].map((x) => step("east", x));
  expect(stuckSteps(round)).toBe(8);
  expect(stuckSteps(round.slice(1))).toBe(0);
  expect(stuckSteps([...round.slice(0, 7), step("east", 4)])).toBe(0);
});

test("the history keeps the last twelve", () => {
  let history: PastStep[] = [];
  for (let x = 0; x < 20; x += 1) history = remember(history, step("east", x));
  expect(history.length).toBe(historyLength);
  expect(history[0]!.place!.x).toBe(8);
  expect(actionsText([step("north", 1), step("north", 1), step("east", 1)])).toBe("north x2, east");
});

describe("golden episodes", () => {
  test("an action that moved the player is never without effect, and facts are plain JSON", async () => {
    for (const { path, steps } of await goldenEpisodes()) {
      let track = emptyTrack;
      let before: Facts | undefined;
      for (const { t, observation, executed } of steps.slice(0, -1)) {
        const tracked = follow(track, observation, executed)!;
        // What the scaffold keeps goes through JSON between steps.
        track = JSON.parse(JSON.stringify(tracked.track));
        expect(track).toEqual(tracked.track);
        const { facts } = tracked;
        const moved = facts.place !== null && before?.place != null && facts.place.x !== before.place.x;
        if (moved) expect(["moved", "explored", "fought", "changed"], `${path} ${t}`).toContain(facts.effect!);
        if (facts.effect === "nothing") expect(facts.hpChange, `${path} ${t}`).toBeGreaterThanOrEqual(0);
        before = facts;
      }
    }
  });
});
