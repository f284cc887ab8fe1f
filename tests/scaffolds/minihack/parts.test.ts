/** The parts of the MiniHack scaffold that are its own: families, keys, answers, the line for a silent LOG. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { answersTo, unreachableItems } from "../../../scaffolds/minihack/answers.ts";
import { crossing } from "../../../scaffolds/minihack/crossing.ts";
import { type Family, familyOf } from "../../../scaffolds/minihack/family.ts";
import { actionForKey } from "../../../scaffolds/minihack/keys.ts";
import { filesMark, logLine } from "../../../scaffolds/minihack/log-line.ts";
import { readInventory } from "../../../scaffolds/minihack/nle/inventory.ts";
import { readLevel } from "../../../scaffolds/minihack/nle/level.ts";
import type { Question } from "../../../scaffolds/minihack/nle/question.ts";
import { readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { emptyTrack, follow } from "../../../scaffolds/minihack/nle/track.ts";
import { goldenEpisode, goldenEpisodes } from "../nle/golden.ts";
import { draw } from "../nle/screens.ts";

const quest = await goldenEpisode("minihack/MiniHack-Quest-Medium-v0/43.jsonl.gz");

describe("families", () => {
  const table: [task: string, family: Family][] = [
    ["MiniHack-Boxoban-Hard-v0", "boxoban"],
    ["MiniHack-Boxoban-Medium-v0", "boxoban"],
    ["MiniHack-MazeWalk-9x9-v0", "mazewalk"],
    ["MiniHack-Corridor-R3-v0", "corridor"],
    ["MiniHack-CorridorBattle-Dark-v0", "corridor-battle"],
    ["MiniHack-Quest-Easy-v0", "quest"],
    ["MiniHack-KeyRoom-S5-v0", "other"],
  ];
  for (const [task, family] of table) test(`${task} is ${family}`, () => expect(familyOf(task)).toBe(family));
});

describe("keys", () => {
  test("are those of the plugin", async () => {
    const source = await Bun.file(
      join(import.meta.dir, "..", "..", "..", "plugins", "minihack", "automem_minihack", "actions.py"),
    ).text();
    const entries = [...source.matchAll(/ord\("(.)"\): \("([a-z ]+)",/g)];
    expect(entries.length).toBeGreaterThan(25);
    for (const [, key = "", name = ""] of entries) expect(actionForKey(key, [name]), name).toBe(name);
  });

  test("of actions the task does not offer are none", () => {
    expect(actionForKey("a", ["north"])).toBeUndefined();
    expect(actionForKey("g", quest.actions)).toBeUndefined();
    expect(actionForKey("__proto__", quest.actions)).toBeUndefined();
  });
});

describe("answers", () => {
  const items = readInventory("inventory:\nb: a +1 lance\ni: a horn\nj: a silver wand\n");
  const question = (kind: Question["kind"], keys: string): Question => ({ kind, text: "?", keys: [...keys] });
  const actionsOf = (asked: Question) => answersTo(asked, items, quest.actions).map(({ action }) => action);

  test("an item question is answered with the actions that type its letters, never with another direction", () => {
    const asked = question("item", "bij");
    expect(answersTo(asked, items, quest.actions)).toEqual([
      { action: "southwest", meaning: "types b: a +1 lance" },
      { action: "south", meaning: "types j: a silver wand" },
      { action: "more", meaning: "leaves the question" },
    ]);
    expect(unreachableItems(asked, quest.actions)).toEqual(["i"]);
  });

  test("yes and no are typed by directions", () => {
    expect(actionsOf(question("choice", "ynq"))).toEqual(["northwest", "southeast", "quaff", "more"]);
  });

  test("a direction is answered with the eight", () => {
    expect(actionsOf(question("direction", "")).sort()).toEqual(
      ["east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"].sort(),
    );
  });

  test("every golden answer that the game took for one is among them", async () => {
    let taken = 0;
    for (const { game, actions, steps } of await goldenEpisodes()) {
      if (game !== "minihack") continue;
      let track = emptyTrack;
      let asked: Question | null = null;
      for (const { observation, executed } of steps.slice(0, -1)) {
        const { track: next, facts } = follow(track, observation, executed)!;
        // Asked for a wand, then for a direction: the key was taken for the wand.
        const isTaken = asked?.kind === "item" && facts.question?.kind === "direction";
        if (isTaken) {
          taken += 1;
          expect(answersTo(asked!, facts.items, actions).map(({ action }) => action)).toContain(executed!);
        }
        asked = facts.question;
        track = next;
      }
    }
    expect(taken).toBeGreaterThan(0);
  });
});

describe("crossing lava", () => {
  const items = readInventory("inventory:\ng: a horn\nj: a tin wand\n");
  const offered = [...quest.actions];
  const levelOf = (rows: string[]) => readLevel(readScreen(draw({ rows, surroundings: "lava far east" }).long)!)!;

  test("zaps where lava is in line, and goes into line where it is not", () => {
    expect(crossing(levelOf(["|.....|", "|.@..}|", "|.....|"]), items, offered)).toMatchObject({
      action: "zap",
      direction: "east",
    });
    const outside = crossing(levelOf(["-------", "|@....|", "|....}|", "-------"]), items, offered)!;
    expect([outside.action, outside.direction]).toEqual(["south", undefined]);
  });

  test("needs lava, a wand, and an action that types its letter", () => {
    const lava = levelOf(["|.@..}|"]);
    expect(crossing(levelOf(["|.@...|"]), items, offered)).toBeUndefined();
    expect(crossing(lava, readInventory("a: an axe\n"), offered)).toBeUndefined();
    expect(crossing(lava, readInventory("g: a tin wand\n"), offered)).toBeUndefined();
  });
});

describe("the line for a silent LOG", () => {
  const facts = (rows: string[], message: string, bottom: string) => {
    const first = follow(emptyTrack, draw({ rows: [".@.."] }), undefined)!;
    return follow(first.track, draw({ rows, message, bottom }), "east")!.facts;
  };

  test("says what was done, where to, and what the game said", () => {
    const hurt = facts(["..@."], "The jackal\nbites!", "Dlvl:1 $:0 HP:14(16) Pw:2(2) AC:7 Xp:1/0");
    expect(logLine(4, "east", hurt)).toBe("step 4: east; (1,1) to (2,1); HP -2; The jackal bites!");
    const wall = facts([".@.."], "", "Dlvl:1 $:0 HP:16(16) Pw:2(2) AC:7 Xp:1/0");
    expect(logLine(5, "east", wall)).toBe("step 5: east; no effect");
    expect(logLine(6, "east", undefined)).toBe("step 6: east");
  });

  test("is one line and shortens long messages", () => {
    const long = facts(["..@."], "word\n".repeat(100), "Dlvl:1 $:0 HP:16(16) Pw:2(2) AC:7 Xp:1/0");
    const line = logLine(4, "east", long);
    expect(line).not.toContain("\n");
    expect(line.length).toBeLessThan(150);
    expect(line).toEndWith("...");
  });

  test("files are compared by name, size and lines", () => {
    const file = { name: "a", characters: 3, lines: 1 };
    expect(filesMark([file])).not.toBe(filesMark([{ ...file, characters: 4 }]));
    expect(filesMark([file])).toBe(filesMark([{ ...file }]));
  });
});
