/** What the game waits for: golden questions and menus, and forms of NetHack 3.6.6. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { expandLetters, type QuestionKind, readQuestion } from "../../../scaffolds/minihack/nle/question.ts";
import { heroPlace, readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { goldenEpisodes } from "./golden.ts";
import { draw } from "./screens.ts";

const episodes = await goldenEpisodes();

function asked(message: string) {
  return readQuestion(readScreen(draw({ rows: [".@."], message, cursor: { x: message.length + 1, y: 0 } }).long)!);
}

describe("golden questions", () => {
  test("are found with their kinds; a step with the player in front is none, but for choosing a square", () => {
    const counts: Partial<Record<QuestionKind | "none", number>> = {};
    for (const { steps } of episodes) {
      for (const { observation, blstats } of steps) {
        if (blstats.every((figure) => figure === 0)) continue;
        const screen = readScreen(observation.long)!;
        const kind = readQuestion(screen)?.kind ?? "none";
        counts[kind] = (counts[kind] ?? 0) + 1;
        if (heroPlace(screen) === undefined) expect(kind).not.toBe("none");
        else expect(["none", "place"]).toContain(kind);
      }
    }
    expect(counts).toEqual({
      none: 6100,
      direction: 125,
      choice: 75,
      item: 204,
      menu: 226,
      place: 24,
      more: 15,
      text: 240,
      count: 1,
    });
  });

  test("items asked for are carried", () => {
    for (const { steps } of episodes) {
      for (const { observation } of steps) {
        const question = readQuestion(readScreen(observation.long)!);
        if (question?.kind !== "item") continue;
        for (const key of question.keys.filter((letter) => letter !== "-"))
          expect(observation.short).toContain(`${key}: `);
      }
    }
  });
});

describe("forms", () => {
  const table: [message: string, kind: QuestionKind, keys: string, otherwise?: string][] = [
    ["In what direction?", "direction", ""],
    ["Loot in what direction?", "direction", ""],
    ["In what direction do you want to dig? [hjkl.>]", "direction", ""],
    ["What do you want to zap? [j or ?*]", "item", "j"],
    ["What do you want to drop? [a-f or ?*]", "item", "abcdef"],
    ["What do you want to write with? [- a-c or ?*]", "item", "-abc"],
    ["What do you want to invoke? [*]", "item", ""],
    ["You don't have that object.\nWhat do you want to eat? [gh or ?*]", "item", "gh"],
    ["Are you sure you want to pray? [yn] (n)", "choice", "yn", "n"],
    ["There is a kobold corpse here; eat it? [ynq] (n)", "choice", "ynq", "n"],
    ["Search for: ab?", "text", ""],
    ["What do you want to name?", "text", ""],
    ["Count: 41", "count", ""],
  ];
  for (const [message, kind, keys, otherwise] of table) {
    test(JSON.stringify(message), () => {
      const question = asked(message)!;
      expect([question.kind, question.keys.join(""), question.default]).toEqual([kind, keys, otherwise]);
    });
  }

  test("a remark with a question mark asks nothing", () => {
    const { long } = draw({ rows: [".@."], message: "Having fun sitting on the floor?" });
    expect(readQuestion(readScreen(long)!)).toBeUndefined();
  });

  test("--More-- is found across the end of a line", () => {
    const rows = [`${" ".repeat(75)}--Mor`, "e--", ".@."];
    expect(readQuestion(readScreen(draw({ rows, cursor: { x: 3, y: 2 } }).long)!)?.kind).toBe("more");
  });

  test("a menu has the letters of its lines", () => {
    const rows = ["  Weapons", "  a - a dagger", "  b + an axe", "  (end)", "  .@."];
    const question = readQuestion(readScreen(draw({ rows, cursor: { x: 8, y: 4 }, message: "Drop what?" }).long)!)!;
    expect(question).toMatchObject({ kind: "menu", text: "Drop what?", keys: ["a", "b"] });
  });
});

test("letters come back from the ranges NetHack writes", () => {
  const letters = fc.subarray([..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]);
  fc.assert(
    fc.property(letters, (wanted) => {
      expect(expandLetters(compact(wanted))).toEqual(wanted);
    }),
  );
});

test("any message never throws", () => {
  fc.assert(
    fc.property(fc.string(), (message) => {
      asked(message);
      expandLetters(message);
    }),
  );
});

/** Three and more letters in a row as a range, as NetHack shows them. */
function compact(letters: readonly string[]): string {
  let text = "";
  for (let at = 0; at < letters.length; ) {
    let end = at;
    while (letters[end + 1]?.charCodeAt(0) === letters[end]!.charCodeAt(0) + 1) end += 1;
    text += end - at >= 2 ? `${letters[at]}-${letters[end]}` : letters.slice(at, end + 1).join("");
    at = end + 1;
  }
  return text;
}
