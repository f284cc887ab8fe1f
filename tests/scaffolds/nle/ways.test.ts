/** Ways, stairs, visits and what has not been looked at, on drawn maps and golden episodes. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Place, roughDirection } from "../../../scaffolds/minihack/nle/directions.ts";
import { nearestUnexplored } from "../../../scaffolds/minihack/nle/explore.ts";
import { type Level, placesOf, readLevel } from "../../../scaffolds/minihack/nle/level.ts";
import { openDirections, wayText, wayTo } from "../../../scaffolds/minihack/nle/path.ts";
import { readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { stairsBeside, stairsUnder, trackStairs } from "../../../scaffolds/minihack/nle/stairs.ts";
import { emptyTrack, follow } from "../../../scaffolds/minihack/nle/track.ts";
import { countVisit, leastVisited, visitsOf } from "../../../scaffolds/minihack/nle/visits.ts";
import { goldenEpisode } from "./golden.ts";
import { draw } from "./screens.ts";

function levelOf(...rows: string[]): Level {
  return readLevel(readScreen(draw({ rows }).long)!)!;
}

describe("ways", () => {
  test("go round lava, and through it never", () => {
    const round = levelOf("..........", "..@.}.>...", "....}.....", "..........");
    expect(wayTo(round, placesOf(round, "stairs down"))).toEqual({
      direction: "east",
      steps: 4,
      straight: 1,
      to: { x: 6, y: 2 },
      through: [],
    });
    const closed = levelOf("..}...", ".@}.>.", "..}...");
    expect(wayTo(closed, placesOf(closed, "stairs down"))).toBeUndefined();
  });

  test("do not pass an open door diagonally", () => {
    const level = levelOf("|.@..|", "--|---", ">.....");
    const way = wayTo(level, placesOf(level, "stairs down"))!;
    expect([way.direction, way.steps]).toEqual(["south", 4]);
    const beside = openDirections(levelOf("|....|", "--|---", "...@.."));
    expect(beside).toContain("west");
    expect(beside).not.toContain("northwest");
    expect(openDirections(levelOf("|....|", "-.@---", "......"))).toContain("southwest");
  });

  test("cost a closed door, a trap or a fight only if nothing else leads there", () => {
    const free = levelOf("@d>", "...");
    expect(wayTo(free, placesOf(free, "stairs down"))).toMatchObject({ direction: "southeast", steps: 2, through: [] });
    const held = levelOf("|@d>|", "-----");
    expect(wayTo(held, placesOf(held, "stairs down"))).toMatchObject({ direction: "east", through: ["creature"] });
    expect(wayText(wayTo(held, placesOf(held, "stairs down"))!)).toBe("east, 2 steps, to (3,1), past creature");
  });

  test("stop at boulders and at what is unseen", () => {
    const level = levelOf("@`>", "");
    expect(wayTo(level, placesOf(level, "stairs down"))).toBeUndefined();
    const dark = levelOf("@ >");
    expect(wayTo(dark, placesOf(dark, "stairs down"))).toBeUndefined();
  });

  test("are the same whatever the order in which places are given", () => {
    const level = levelOf("......", "..@...", "......", "......");
    const place = fc.record({ x: fc.nat(5), y: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(place, { selector: ({ x, y }) => x * 100 + y, minLength: 1 }),
        fc.nat(),
        (places, turn) => {
          const turned = places.map((_, at) => places[(at + turn) % places.length]!);
          expect(wayTo(level, turned)).toEqual(wayTo(level, places)!);
          expect(wayTo(level, [...places].reverse())).toEqual(wayTo(level, places)!);
        },
      ),
    );
  });

  test("are as long as the moves between on an open floor", () => {
    const rows = Array.from({ length: 21 }, () => ".".repeat(80));
    fc.assert(
      fc.property(
        fc.nat(79),
        fc.integer({ min: 1, max: 21 }),
        fc.nat(79),
        fc.integer({ min: 1, max: 21 }),
        (x, y, toX, toY) => {
          const { long } = draw({ rows, cursor: { x, y }, pointed: "Yourself a monk" });
          const level = readLevel(readScreen(long)!)!;
          const steps = Math.max(Math.abs(toX - x), Math.abs(toY - y));
          expect(wayTo(level, [{ x: toX, y: toY }])?.steps).toBe(steps === 0 ? undefined : steps);
        },
      ),
      { numRuns: 20 },
    );
  });
});

test("a rough direction follows the longer side", () => {
  const from = { x: 10, y: 10 };
  expect([
    roughDirection(from, { x: 20, y: 11 }),
    roughDirection(from, { x: 12, y: 12 }),
    roughDirection(from, { x: 9, y: 2 }),
    roughDirection(from, from),
  ]).toEqual(["east", "southeast", "north", undefined]);
});

describe("stairs", () => {
  const track = (levels: Level[]) => {
    let stairs = trackStairs(undefined, "Dlvl:1", levels[0]!);
    for (const level of levels.slice(1)) stairs = trackStairs(stairs, "Dlvl:1", level);
    return stairs;
  };

  test("are remembered under the player, under a creature and under a thing", () => {
    for (const row of ["..@.", ".@d.", ".@)."]) {
      const stairs = track([levelOf("@.>."), levelOf(row)]);
      expect(stairs.down).toEqual([{ x: 2, y: 1 }]);
    }
    expect(stairsUnder(track([levelOf("@.>."), levelOf("..@.")]), { x: 2, y: 1 })).toBe("down");
  });

  test("are forgotten where floor is seen, and on another level", () => {
    expect(track([levelOf("@.>."), levelOf(".@..")]).down).toEqual([]);
    expect(trackStairs(track([levelOf("@.>.")]), "Dlvl:2", levelOf("..@.")).down).toEqual([]);
  });

  test("who comes down stands on stairs that lead up; who falls does not", () => {
    const before = track([levelOf("@.>.")]);
    const level = levelOf(".@..");
    expect(trackStairs(before, "Dlvl:2", level, { by: "down", byStairs: true }).up).toEqual([{ x: 1, y: 1 }]);
    expect(trackStairs(before, "Dlvl:2", level, { by: "down", byStairs: false }).up).toEqual([]);
  });

  test("beside are those one step away", () => {
    const places: Place[] = [
      { x: 5, y: 5 },
      { x: 9, y: 9 },
    ];
    expect(stairsBeside(places, { x: 8, y: 8 })).toEqual({ x: 9, y: 9 });
    expect(stairsBeside(places, { x: 5, y: 5 })).toBeUndefined();
  });

  test("a golden descent: on > before each step down, on < after it", async () => {
    const { steps } = await goldenEpisode("nethack/NetHackChallenge-v0/42.explore.jsonl.gz");
    let trackNow = emptyTrack;
    let under: string | null = null;
    let depth = 1;
    let descents = 0;
    for (const { observation, executed, blstats } of steps.slice(0, -1)) {
      const { track: next, facts } = follow(trackNow, observation, executed)!;
      if (facts.status?.depth === depth + 1) {
        descents += 1;
        expect(executed).toBe("down");
        expect(under).toBe("down");
        expect(facts.under).toBe("up");
      }
      expect(facts.levelName).toBe(`Dlvl:${blstats[12]}`);
      depth = facts.status?.depth ?? depth;
      under = facts.under;
      trackNow = next;
    }
    expect(descents).toBe(4);
  });
});

describe("steps that had no effect", () => {
  const at = (rows: string[], message = "") => draw({ rows, message });
  const start = follow(emptyTrack, at(["@...>"]), undefined)!;

  test("are kept clear of until doors or boulders change", () => {
    const bumped = follow(start.track, at(["@...>", " ..  "]), "east")!;
    expect(bumped.track.blocked).toEqual([]);
    const again = follow(bumped.track, at(["@...>", " ..  "]), "east")!;
    expect(again.track.blocked.length).toBe(1);
    expect(again.facts.open).toEqual(["southeast"]);
    expect(again.facts.toStairs!.direction).toBe("southeast");
    const changed = follow(again.track, at(["@...>", " ..` "]), "wait")!;
    expect(changed.track.blocked).toEqual([]);
    expect(changed.facts.toStairs!.direction).toBe("east");
  });

  test("a locked door is known while the player stands beside it, and until it opens", () => {
    const rows = ["---", "|@+..", "---"];
    const before = follow(emptyTrack, at(rows), undefined)!;
    const locked = follow(before.track, at(rows, "This door is locked."), "east")!;
    expect(locked.facts.lockedDoor).toBe("east");
    const kicked = follow(locked.track, at(rows, "WHAMM!!"), "east")!;
    expect(kicked.facts.lockedDoor).toBe("east");
    expect(
      follow(kicked.track, at(["---", "|@...", "---"], "As you kick the door, it crashes open!"), "east")!.facts
        .lockedDoor,
    ).toBeNull();
  });
});

describe("visits", () => {
  const at = (x: number, y = 1) => ({ x, y });

  test("count squares entered, not turns spent on them", () => {
    let visits = countVisit(undefined, "Dlvl:1", at(1));
    for (const place of [at(1), at(1), at(2), at(1)]) visits = countVisit(visits, "Dlvl:1", place);
    expect([visitsOf(visits, at(1)), visitsOf(visits, at(2))]).toEqual([2, 1]);
    expect(visitsOf(countVisit(visits, "Dlvl:2", at(1)), at(2))).toBe(0);
  });

  test("count the squares run over, if they are in line", () => {
    const start = countVisit(undefined, "Dlvl:1", at(1));
    expect(visitsOf(countVisit(start, "Dlvl:1", at(5), "east"), at(3))).toBe(1);
    expect(visitsOf(countVisit(start, "Dlvl:1", at(5, 3), "east"), at(3))).toBe(0);
    expect(visitsOf(countVisit(start, "Dlvl:1", at(5)), at(3))).toBe(0);
  });

  test("the least visited way is free, and the first of equals", () => {
    const level = levelOf("-----", "|.@.|", "-----");
    const visits = countVisit(countVisit(undefined, "Dlvl:1", at(3, 2)), "Dlvl:1", at(2, 2));
    expect(leastVisited(visits, level)).toEqual({ direction: "west", visits: 0 });
    expect(leastVisited(countVisit(undefined, "Dlvl:1", at(2, 2)), level)).toEqual({ direction: "east", visits: 0 });
    expect(leastVisited(visits, levelOf("---", "|@|", "---"))).toBeUndefined();
  });
});

describe("what has not been looked at", () => {
  const fresh = countVisit(undefined, "Dlvl:1", { x: 0, y: 0 });

  test("is the nearest square with a blank one beside it", () => {
    const level = levelOf("", "-------", "|..@..|", "|......##", "-------");
    expect(nearestUnexplored(level, fresh)).toMatchObject({
      direction: "east",
      steps: 3,
      straight: 2,
      to: { x: 6, y: 4 },
    });
  });

  test("is nowhere in a closed room", () => {
    expect(nearestUnexplored(levelOf("", "-----", "|.@.|", "-----"), fresh)).toBeUndefined();
  });

  test("leads the maze's golden player out: each step it names is a free one", async () => {
    const { steps } = await goldenEpisode("minihack/MiniHack-MazeWalk-15x15-v0/43.explore.jsonl.gz");
    let track = emptyTrack;
    for (const { observation, executed } of steps.slice(0, -1)) {
      const tracked = follow(track, observation, executed)!;
      track = tracked.track;
      const { toUnexplored } = tracked.facts;
      if (toUnexplored !== null) expect(openDirections(tracked.level!)).toContain(toUnexplored.direction);
    }
  });
});
