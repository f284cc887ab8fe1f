/** The bottom line, against NLE's figures of every golden step, recorded lines with hunger and conditions, and generated ones. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { hpAlarm, readStatusLine, type StatusLine } from "../../../scaffolds/minihack/nle/status-line.ts";
import { blstat, goldenEpisodes } from "./golden.ts";

const episodes = await goldenEpisodes();
const recorded: { label: string; rows: string[]; hunger: number; burden: number; conditions: number }[] =
  await Bun.file(join(import.meta.dir, "..", "..", "fixtures", "scaffolds", "status-lines.json")).json();

/** NLE's numbers in words. */
const hungers = ["Satiated", "not hungry", "Hungry", "Weak", "Fainting"];
const burdens = [undefined, "Burdened", "Stressed", "Strained", "Overtaxed", "Overloaded"];
const conditionBits: [bit: number, name: string][] = [
  [0x1, "turning to stone"],
  [0x2, "turning to slime"],
  [0x4, "strangled"],
  [0x8, "food poisoned"],
  [0x10, "terminally ill"],
  [0x20, "blind"],
  [0x40, "deaf"],
  [0x80, "stunned"],
  [0x100, "confused"],
  [0x200, "hallucinating"],
  [0x400, "levitating"],
  [0x800, "flying"],
  [0x1000, "riding"],
];

describe("golden status lines", () => {
  test("say what NLE's figures say", () => {
    let found = 0;
    for (const { path, steps } of episodes) {
      for (const { t, observation, blstats } of steps) {
        const status = readStatusLine(readScreen(observation.long)!.rows);
        if (status === undefined) continue;
        found += 1;
        expect({ ...status, turn: undefined }, `${path} ${t}`).toEqual({
          level: `Dlvl:${blstats[blstat.depth]}`,
          depth: blstats[blstat.depth]!,
          gold: blstats[blstat.gold]!,
          hp: blstats[blstat.hp]!,
          hpMax: blstats[blstat.hpMax]!,
          power: blstats[blstat.power]!,
          powerMax: blstats[blstat.powerMax]!,
          armourClass: blstats[blstat.armourClass]!,
          experienceLevel: blstats[blstat.experienceLevel]!,
          experiencePoints: blstats[blstat.experiencePoints]!,
          turn: undefined,
          hunger: "not hungry",
          conditions: [],
        });
        // The terminal's turn may lag behind while a move is under way: it does once, by two.
        const lag = status.turn === undefined ? 0 : blstats[blstat.turn]! - status.turn;
        expect(lag === 0 || (path.includes("44.explore") && t === 191 && lag === 2)).toBe(true);
      }
    }
    expect(found).toBeGreaterThan(6_900);
  });

  test("are absent only at the end and under menus", () => {
    for (const { steps } of episodes) {
      for (const { observation, blstats } of steps) {
        const screen = readScreen(observation.long)!;
        if (readStatusLine(screen.rows) !== undefined) continue;
        const menu = screen.rows.some((row) => /\(end\)|\(\d+ of \d+\)/.test(row));
        expect(menu || blstats.every((figure) => figure === 0)).toBe(true);
      }
    }
  });
});

describe("recorded hunger, burden and conditions", () => {
  for (const { label, rows, hunger, burden, conditions } of recorded) {
    test(`${label}: ${rows[1]!.trim()}`, () => {
      const status = readStatusLine(rows)!;
      expect(status.hunger).toBe(hungers[hunger] as StatusLine["hunger"]);
      expect(status.burden).toBe(burdens[burden]);
      expect(status.conditions).toEqual(
        conditionBits.filter(([bit]) => (conditions & bit) !== 0).map(([, name]) => name),
      );
    });
  }
});

describe("words", () => {
  test("Ill is terminal illness, Illusionist is a title", () => {
    const title = "Agent the Illusionist          St:10 Dx:12 Co:12 In:18 Wi:9 Ch:11 Chaotic";
    const well = "Dlvl:3 $:0 HP:12(12) Pw:9(9) AC:8 Xp:5/160 T:2101";
    expect(readStatusLine([title, well])!.conditions).toEqual([]);
    expect(readStatusLine([title, `${well} Ill`])!.conditions).toEqual(["terminally ill"]);
    expect(readStatusLine([title, `${well} Illusion`])!.conditions).toEqual([]);
  });

  test("levels without a number, a monster's form, and gold drawn otherwise are read", () => {
    expect(readStatusLine(["Home 3 $:12 HP:30(31) Pw:1(2) AC:-4 Xp:14/20000 T:9000"])).toMatchObject({
      level: "Home 3",
      armourClass: -4,
    });
    expect(readStatusLine(["Astral Plane $:0 HP:90(99) Pw:1(2) AC:-20 Xp:20/1 T:90000 Lev"])).toMatchObject({
      level: "Astral Plane",
      conditions: ["levitating"],
    });
    const changed = readStatusLine(["Dlvl:16 *:7 HP:5(5) Pw:1(2) AC:7 HD:1 T:5"])!;
    expect(changed).toMatchObject({ gold: 7, depth: 16, turn: 5 });
    expect(changed.experienceLevel).toBeUndefined();
  });

  test("HP is critical at 5 or a seventh, low at a third", () => {
    expect([5, 6, 7, 16, 17].map((hp) => hpAlarm({ hp, hpMax: 49 }))).toEqual([
      "critical",
      "critical",
      "critical",
      "low",
      undefined,
    ]);
    expect(hpAlarm({ hp: 5, hpMax: 5 })).toBe("critical");
  });
});

describe("generated lines", () => {
  const shown = fc.record({
    depth: fc.integer({ min: 1, max: 50 }),
    gold: fc.nat(999_999),
    hp: fc.integer({ min: 0, max: 999 }),
    hpMax: fc.integer({ min: 1, max: 999 }),
    power: fc.nat(99),
    powerMax: fc.nat(99),
    armourClass: fc.integer({ min: -40, max: 10 }),
    experienceLevel: fc.integer({ min: 1, max: 30 }),
    experiencePoints: fc.nat(99_999_999),
    turn: fc.option(fc.nat(99_999), { nil: undefined }),
    hunger: fc.constantFrom("Satiated", "not hungry", "Hungry", "Weak", "Fainting", "Fainted"),
    burden: fc.option(fc.constantFrom("Burdened", "Stressed", "Strained", "Overtaxed", "Overloaded"), {
      nil: undefined,
    }),
    conditions: fc.subarray([
      ["Stone", "turning to stone"],
      ["TermIll", "terminally ill"],
      ["Blind", "blind"],
      ["Deaf", "deaf"],
      ["Conf", "confused"],
      ["Ride", "riding"],
    ] as const),
  });

  test("come back as they were written", () => {
    fc.assert(
      fc.property(shown, (status) => {
        const words = [
          `Dlvl:${String(status.depth).padEnd(2)}`,
          `$:${status.gold}`,
          `HP:${status.hp}(${status.hpMax})`,
          `Pw:${status.power}(${status.powerMax})`,
          `AC:${status.armourClass}`,
          `Xp:${status.experienceLevel}/${status.experiencePoints}`,
          status.turn === undefined ? "" : `T:${status.turn}`,
          status.hunger === "not hungry" ? "" : status.hunger,
          status.burden ?? "",
          ...status.conditions.map(([word]) => word),
        ];
        const read = readStatusLine(["Agent the Illusionist", words.filter((word) => word !== "").join(" ")])!;
        expect(read).toEqual({
          ...(status as unknown as StatusLine),
          level: `Dlvl:${status.depth}`,
          conditions: status.conditions.map(([, name]) => name),
        });
      }),
    );
  });

  test("any text never throws", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (rows) => {
        expect(readStatusLine(rows)).toBeUndefined();
      }),
    );
    const words = fc.constantFrom("Dlvl:1", "HP:3(4)", "Pw:1(1)", "AC:7", "Xp:1", " ", "T:", "Hungry", "$:9");
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        readStatusLine([parts.join(" ")]);
      }),
    );
  });
});
