/** Boxoban's board, on drawn levels and on golden games. */
import { describe, expect, test } from "bun:test";
import { boardText, readBoard } from "../../../scaffolds/minihack/boxoban.ts";
import type { Place } from "../../../scaffolds/minihack/nle/directions.ts";
import { readLevel } from "../../../scaffolds/minihack/nle/level.ts";
import { readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { goldenEpisodes } from "../nle/golden.ts";
import { draw } from "../nle/screens.ts";

function boardOf(rows: string[], known: Place[] = []) {
  return readBoard(readLevel(readScreen(draw({ rows }).long)!)!, known);
}

describe("steps", () => {
  test("free, blocked, and each kind of push", () => {
    expect(boardOf(["#######", "#.....#", "#.`@`{#", "#..`..#", "#.....#", "#######"]).steps).toEqual({
      north: "free",
      east: "push onto a fountain",
      south: "push",
      west: "push",
    });
    expect(boardOf(["#####", "#`@##", "#.`.#", "#...#", "#####"]).steps).toEqual({
      north: "blocked",
      east: "blocked",
      south: "push",
      west: "blocked",
    });
  });

  test("into a corner, off a fountain, against another boulder", () => {
    const board = boardOf(["######", "#.`@.#", "#....#", "######"]);
    expect(board.steps.west).toBe("push into a corner");
    expect(boardOf(["#######", "#..`@.#", "#.....#", "#.....#", "#######"], [{ x: 3, y: 2 }]).steps.west).toBe(
      "push off a fountain",
    );
    expect(boardOf(["#######", "#..``@#", "#######"]).steps.west).toBe("blocked");
  });

  test("a corner with a fountain loses nothing", () => {
    expect(boardOf(["######", "#{`@.#", "#....#", "######"]).steps.west).toBe("push onto a fountain");
  });
});

test("fountains are remembered under boulders and under the player", () => {
  const first = boardOf(["#######", "#@`{..#", "#.....#", "#######"]);
  const second = boardOf(["#######", "#.@`..#", "#.....#", "#######"], first.fountains);
  expect([first.done, second.done]).toEqual([0, 1]);
  expect(second.fountains).toEqual([{ x: 3, y: 2 }]);
  expect(boardOf(["#######", "#..@`.#", "#.....#", "#######"], second.fountains).done).toBe(0);
});

test("a boulder in a corner is lost, and said to be", () => {
  const board = boardOf(["#####", "#`.@#", "#...#", "#.{.#", "#####"]);
  expect(board.lost).toEqual([{ x: 1, y: 2 }]);
  expect(boardText(board)).toContain("Lost in a corner: (1,2).");
  expect(boardText(board)).toContain("Boulders on fountains: 0 of 1.");
});

describe("golden games", async () => {
  const games = (await goldenEpisodes()).filter(({ task }) => task.includes("Boxoban"));

  test("a step does what was foretold", () => {
    let pushes = 0;
    for (const { path, steps } of games) {
      let known: Place[] = [];
      steps.slice(0, -2).forEach(({ t, observation }, at) => {
        const level = readLevel(readScreen(observation.long)!)!;
        const board = readBoard(level, known);
        known = board.fountains;
        const next = steps[at + 1]!;
        const foretold = board.steps[next.executed!];
        const after = readLevel(readScreen(next.observation.long)!)!;
        const moved = after.hero.x !== level.hero.x || after.hero.y !== level.hero.y;
        if (foretold === "blocked") expect(moved, `${path} ${t}`).toBe(false);
        if (foretold === "free") expect(moved, `${path} ${t}`).toBe(true);
        if (!foretold?.startsWith("push") || !moved) return;
        pushes += 1;
        const done = readBoard(after, known).done - board.done;
        const wasOn = board.fountains.some(({ x, y }) => x === after.hero.x && y === after.hero.y);
        expect(done, `${path} ${t}`).toBe((foretold === "push onto a fountain" ? 1 : 0) - (wasOn ? 1 : 0));
        if (foretold === "push into a corner")
          expect(readBoard(after, known).lost.length).toBeGreaterThan(board.lost.length);
      });
    }
    expect(pushes).toBeGreaterThan(100);
  });

  test("a solved game ends one push before all are done, and loses no boulder", () => {
    for (const { path, steps } of games.filter((game) => game.path.includes(".boxo."))) {
      let known: Place[] = [];
      for (const { observation } of steps.slice(0, -1)) {
        const board = readBoard(readLevel(readScreen(observation.long)!)!, known);
        known = board.fountains;
        expect(board.lost, path).toEqual([]);
      }
      const last = readBoard(readLevel(readScreen(steps[steps.length - 2]!.observation.long)!)!, known);
      expect(last.done).toBe(last.boulders.length - 1);
      expect(last.steps[steps[steps.length - 1]!.executed!]).toBe("push onto a fountain");
    }
  });
});
