/** The parts of the NetHack scaffold that are its own: pruning, prayer, hunger, the ladder, what is urgent, the files code writes. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { answersTo, stepsAsked } from "../../../scaffolds/nethack/answers.ts";
import { dangerOf } from "../../../scaffolds/nethack/dangers.ts";
import { hungerText } from "../../../scaffolds/nethack/hunger.ts";
import { ladderText, rungs } from "../../../scaffolds/nethack/ladder.ts";
import { readInventory } from "../../../scaffolds/nethack/nle/inventory.ts";
import { isRoutine } from "../../../scaffolds/nethack/nle/routine.ts";
import { readStatusLine, type StatusLine } from "../../../scaffolds/nethack/nle/status-line.ts";
import { emptyTrack, type Facts, follow } from "../../../scaffolds/nethack/nle/track.ts";
import { mayPray, trackPrayer, troubles } from "../../../scaffolds/nethack/prayer.ts";
import { pruned, pruneRules } from "../../../scaffolds/nethack/pruning.ts";
import { inventoryText, statusText } from "../../../scaffolds/nethack/status-file.ts";
import { urgentText } from "../../../scaffolds/nethack/urgent.ts";
import { type Drawn, draw } from "../nle/screens.ts";

function factsOf(drawn: Drawn, executed?: string): Facts {
  const before = follow(emptyTrack, draw({ ...drawn, message: "", rows: drawn.rows }), undefined)!;
  if (executed === undefined) return before.facts;
  return follow(before.track, draw(drawn), executed)!.facts;
}

const status = (line: string): StatusLine => readStatusLine([line])!;
const well = "Dlvl:2 $:0 HP:16(16) Pw:2(2) AC:7 Xp:1/0 T:500";

describe("pruning", () => {
  const lines = (count: number, word = "line") => Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join("");

  test("keeps the last lines once there are too many, and the seeded ones always", () => {
    expect(pruned(lines(5), "", { over: 5, keep: 2 })).toBeUndefined();
    expect(pruned(lines(6), "", { over: 5, keep: 2 })).toBe("line 4\nline 5\n");
    expect(pruned(`# head\n${lines(6)}`, "# head\n", { over: 5, keep: 2 })).toBe("# head\nline 4\nline 5\n");
  });

  test("rules name the files and figures", () => {
    expect(pruneRules).toEqual([
      { file: "log.txt", over: 200, keep: 100 },
      { file: "strategy.txt", over: 60, keep: 25 },
      { file: "encounters.txt", over: 150, keep: 50 },
    ]);
  });

  test("never loses a seeded line that stands, keeps the order, and is done at once", () => {
    const line = fc.constantFrom<string[]>("# seed", "# other seed", "", "a", "b", "c");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.nat(10), fc.nat(10), (content, keep, more) => {
        const seeded = "# seed\n# other seed\n";
        const rule = { over: keep + more, keep };
        const text = content.map((one) => `${one}\n`).join("");
        const after = pruned(text, seeded, rule);
        if (after === undefined) return;
        const kept = after.split("\n").slice(0, -1);
        for (const seed of ["# seed", "# other seed"]) expect(kept.includes(seed)).toBe(content.includes(seed));
        // What is kept stands in the old text in the same order, up to its end.
        let at = 0;
        for (const one of kept) {
          at = content.indexOf(one, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
        expect(kept.length).toBeLessThan(content.length);
        expect(pruned(after, seeded, rule)).toBeUndefined();
      }),
    );
  });
});

describe("prayer", () => {
  test("may be said from turn 300 on, and 1000 turns after the last", () => {
    expect([mayPray(299, null), mayPray(300, null), mayPray(undefined, null)]).toEqual([false, true, false]);
    expect([mayPray(1499, 500), mayPray(1500, 500)]).toEqual([false, true]);
  });

  test("is noticed by what the game says", () => {
    expect(trackPrayer(null, "You begin praying to Crom.  You feel a hopeful feeling.", 400)).toBe(400);
    expect(trackPrayer(7, "Are you sure you want to pray? [yn] (n)", 400)).toBe(7);
  });

  test("helps against what the status line shows, the gravest first", () => {
    expect(troubles(status("Dlvl:2 $:0 HP:5(30) Pw:2(2) AC:7 Xp:1/0 T:500 Weak Slime"))).toEqual([
      "turning to slime",
      "HP 5 of 30",
      "Weak",
    ]);
    expect(troubles(status(`${well} Hungry Burdened Blind`))).toEqual([]);
  });
});

describe("hunger", () => {
  const food = readInventory("a: an axe\nd: an uncursed food ration\n");

  test("says what to eat, and when to pray", () => {
    expect(hungerText("not hungry", food, true)).toBeUndefined();
    expect(hungerText("Satiated", food, true)).toContain("do not eat");
    expect(hungerText("Hungry", food, false)).toBe("You are Hungry: eat, then d (an uncursed food ration).");
    expect(hungerText("Weak", food, true)).toContain("eat, then d");
    expect(hungerText("Weak", [], true)).toEndWith("pray.");
    expect(hungerText("Fainting", [], false)).toContain("prayed too lately");
  });
});

describe("the ladder", () => {
  const ranks = (facts: Facts, lastPrayer: number | null = null) => rungs(facts, lastPrayer).map(({ rank }) => rank);

  test("death comes before stairs, stairs before a fight, a fight before food and ways", () => {
    const rows = ["......", ".r@>..", "......"];
    const surroundings = "sewer rat adjacent west";
    const bottom = `${well.replace("16(16)", "4(16)")} Hungry`;
    const facts = factsOf({ rows, surroundings, bottom });
    expect(ranks(facts)).toEqual([2, 4, 5, 6, 7, 8]);
    expect(rungs(facts, null)[0]).toMatchObject({ action: "pray" });
    expect(rungs(facts, 400)[0]!.action).toBeUndefined();
    expect(ladderText(rungs(facts, null))!.split("\n").length).toBe(4);
  });

  test("stairs are gone down when stood upon, unless the player floats", () => {
    const on = follow(
      follow(emptyTrack, draw({ rows: [".@>."] }), undefined)!.track,
      draw({ rows: ["..@."] }),
      "east",
    )!;
    expect(rungs(on.facts, null)[0]).toMatchObject({ rank: 4, action: "down" });
    const aloft = draw({ rows: ["..@."], bottom: `${well} Lev` });
    const floating = follow(follow(emptyTrack, draw({ rows: [".@>."] }), undefined)!.track, aloft, "east")!;
    expect(rungs(floating.facts, null).some(({ action }) => action === "down")).toBe(false);
  });

  test("a floating eye is not to be hit", () => {
    const [first] = rungs(factsOf({ rows: [".@e."], surroundings: "floating eye adjacent east" }), null);
    expect(first!.rank).toBe(5);
    expect(first!.action).toBeUndefined();
    expect([dangerOf("floating eye"), dangerOf("floating eye corpse"), dangerOf("jackal")].map(Boolean)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("a closed room is searched, but not for ever", () => {
    const room = { rows: ["-----", "|.@.|", "-----"] };
    expect(ranks(factsOf(room))).toEqual([9]);
    const rows = ["---------------", "|.@...........|", "---------------"];
    let tracked = follow(emptyTrack, draw({ rows }), undefined)!;
    expect(rungs(tracked.facts, null)[0]).toMatchObject({ rank: 9, action: "search" });
    for (let at = 0; at < 10; at += 1) tracked = follow(tracked.track, draw({ rows }), "search")!;
    expect(rungs(tracked.facts, null)[0]).toMatchObject({ rank: 9, action: "east" });
    expect(tracked.facts.toSearch!.to).toEqual({ x: 13, y: 2 });
  });

  test("does not depend on the order in which stairs are found", () => {
    const facts = factsOf({ rows: [">....", ".....", "..@..", ".....", "....>"] });
    expect(facts.toStairs!.to).toEqual({ x: 0, y: 1 });
  });
});

describe("what is urgent", () => {
  test("is a prayer that saves, and stairs under or beside the player", () => {
    const beside = rungs(factsOf({ rows: [".@>."] }), null);
    expect(urgentText(beside)).toBe(
      "URGENT: The stairs down are one step east: go there. Answer <|ACTION|>east<|END|>",
    );
    const dying = factsOf({ rows: [".@.."], bottom: well.replace("16(16)", "2(16)") });
    expect(urgentText(rungs(dying, null))).toContain("<|ACTION|>pray<|END|>");
    expect(urgentText(rungs(dying, 100))).toBeUndefined();
    expect(urgentText(rungs(factsOf({ rows: [".@..>"] }), null))).toBeUndefined();
  });
});

describe("status.txt and inventory.txt", () => {
  test("say what is shown, the position among it", () => {
    const facts = factsOf({ rows: ["", ".@.."], bottom: `${well} Hungry Conf` });
    expect(statusText(12, facts, null)).toBe(
      "step 12, turn 500\nlevel Dlvl:2, at (1,2)\nHP 16 of 16, power 2 of 2, AC 7\nexperience level 1, points 0, gold 0\nhunger: Hungry; load: light; conditions: confused\nnot prayed yet\n",
    );
    expect(inventoryText(facts)).toBe("a: a +0 two-handed sword (weapon in hands)\n");
  });

  test("stand while the status is covered", () => {
    expect(statusText(12, factsOf({ rows: ["  (end)"], bottom: "", cursor: { x: 7, y: 1 } }), null)).toBeUndefined();
  });
});

describe("routine", () => {
  test("is a quiet step; not a message, a blow, a creature or stairs", () => {
    const rows = [".@...", "....."];
    expect(isRoutine(factsOf({ rows }, "east"))).toBe(true);
    expect(isRoutine(factsOf({ rows }))).toBe(false);
    expect(isRoutine(factsOf({ rows, message: "You hear a door open." }, "east"))).toBe(false);
    expect(isRoutine(factsOf({ rows: [".@r.."], surroundings: "rat adjacent east" }, "east"))).toBe(false);
    expect(isRoutine(factsOf({ rows: [".@..>"] }, "east"))).toBe(false);
  });
});

describe("answers", () => {
  const offered = new Set([
    "north",
    "east",
    "up",
    "down",
    "wait",
    "search",
    "esc",
    "more",
    "a",
    "b",
    "y",
    "n",
    "q",
    "seegold",
  ]);
  const items = readInventory("a: an axe\n$: 5 gold pieces\n");
  const actionsOf = (kind: "item" | "choice" | "direction" | "menu" | "text" | "count" | "more", keys: string) =>
    answersTo({ kind, text: "", keys: [...keys] }, items, offered).map(({ action }) => action);

  test("items are answered with letters, directions with directions, and esc is the way out", () => {
    expect(actionsOf("item", "a$")).toEqual(["a", "seegold", "esc"]);
    expect(actionsOf("choice", "ynq")).toEqual(["y", "n", "q", "esc"]);
    expect(actionsOf("direction", "")).toEqual(["north", "east", "up", "down", "wait", "esc"]);
    expect(actionsOf("menu", "ab")).toEqual(["a", "b", "more", "esc"]);
    expect(actionsOf("text", "")).toEqual(["more", "esc"]);
    expect(actionsOf("count", "")).toEqual(["search", "esc"]);
    expect(actionsOf("more", "")).toEqual(["more"]);
  });

  test("steps spent on questions are counted from the last back", () => {
    const step = (effect: "asked" | "moved") => ({ action: "x", place: null, effect });
    expect(stepsAsked([step("asked"), step("moved"), step("asked"), step("asked")])).toBe(2);
  });
});
