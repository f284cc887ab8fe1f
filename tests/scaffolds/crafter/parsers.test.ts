/** The parsers of the crafter scaffold against the golden episodes, and on generated text. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canAct, readMoment } from "../../../scaffolds/crafter/moment.ts";
import { itemNames, thingNames } from "../../../scaffolds/crafter/rules.ts";
import { isNear, readSight, type Sight } from "../../../scaffolds/crafter/sight.ts";
import { readStatus, type Status, vitalNames } from "../../../scaffolds/crafter/status.ts";
import { goldenEpisodes } from "./golden.ts";

const episodes = await goldenEpisodes();
const steps = episodes.flatMap((episode) => episode.steps);

/** The texts as plugins/crafter/automem_crafter/describe.py writes them. */
function longText({ asleep, dead, things, faced }: Sight): string {
  const state = asleep
    ? "You are sleeping, and will not be able take actions until energy is full."
    : dead
      ? "You died."
      : "";
  const listed = things.map(
    ({ name, steps: away, directions }) =>
      `- ${name} ${away} step${away > 1 ? "s" : ""} to your ${directions.join("-")}`,
  );
  const seen = listed.length === 0 ? "You see nothing away from you." : `You see:\n${listed.join("\n")}`;
  return [...(state === "" ? [] : [`${state}\n\n`]), seen, `You face ${faced ?? "nothing"} at your front.`].join(
    "\n\n",
  );
}

function shortText({ vitals, items }: Status): string {
  const status = vitalNames.map((name) => `- ${name}: ${vitals[name]}/9`).join("\n");
  const carried = Object.entries(items).map(([name, count]) => `- ${name}: ${count}`);
  const pack = carried.length === 0 ? "You have nothing in your inventory." : `Your inventory:\n${carried.join("\n")}`;
  return `Your status:\n${status}\n\n${pack}`;
}

const things = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...thingNames),
    steps: fc.integer({ min: 1, max: 7 }),
    directions: fc.constantFrom<Sight["things"][number]["directions"][]>(
      ["north"],
      ["south"],
      ["west"],
      ["east"],
      ["north", "west"],
      ["north", "east"],
      ["south", "west"],
      ["south", "east"],
    ),
  }),
  { selector: ({ name }) => name },
);
const sights: fc.Arbitrary<Sight> = fc
  .record({
    state: fc.constantFrom("awake", "asleep", "dead"),
    things,
    faced: fc.option(fc.constantFrom(...thingNames), { nil: undefined }),
  })
  .map(({ state, things: list, faced }) => ({
    asleep: state === "asleep",
    dead: state === "dead",
    things: list,
    faced,
    listed: list.length > 0,
  }));
const sign = fc.integer({ min: 0, max: 9 });
const statuses: fc.Arbitrary<Status> = fc.record({
  vitals: fc.record({ health: sign, food: sign, drink: sign, energy: sign }),
  items: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...itemNames), fc.integer({ min: 1, max: 9 })), {
      selector: ([name]) => name,
    })
    .map((entries) => Object.fromEntries(entries)),
});

describe("golden observations", () => {
  test("there are six episodes with over 900 observations", () => {
    expect(episodes.length).toBe(6);
    expect(steps.length).toBeGreaterThan(900);
  });

  test("vital signs and pack are what the game knew, in every one", () => {
    for (const { observation, facts } of steps) {
      if (facts === undefined) continue;
      const { vitals, items } = readStatus(observation.short);
      // The game's record leaves out what is zero.
      const known = Object.fromEntries(Object.entries({ ...vitals, ...items }).filter(([, count]) => count > 0));
      expect(known).toEqual(facts.inventory);
    }
  });

  test("asleep is what the game knew, and dead unless asleep, in every one", () => {
    for (const { observation, facts } of steps) {
      if (facts === undefined) continue;
      const sight = readSight(observation.long);
      expect(sight.asleep).toBe(facts.sleeping);
      expect(sight.dead).toBe(facts.dead && !facts.sleeping);
    }
  });

  test("written again from what was read, every text is as it was", () => {
    for (const { observation } of steps) {
      expect(longText(readSight(observation.long))).toBe(observation.long);
      expect(shortText(readStatus(observation.short))).toBe(observation.short);
    }
  });
});

describe("generated observations", () => {
  test("what is written is read back", () => {
    fc.assert(fc.property(sights, (sight) => expect(readSight(longText(sight))).toEqual(sight)));
    fc.assert(fc.property(statuses, (status) => expect(readStatus(shortText(status))).toEqual(status)));
  });

  test("no text makes the parsers throw, and none yields things or items that are not of the game's form", () => {
    const rows = fc.array(
      fc.oneof(
        fc.string({ unit: "binary" }),
        sights.map(longText),
        statuses.map(shortText),
        fc.constantFrom(
          "- wood: 12",
          "- health: 10/9",
          "- tree 0 steps to your north",
          "- __proto__: 3",
          "You face  at your front.",
        ),
      ),
    );
    fc.assert(
      fc.property(rows, rows, (long, short) => {
        const { sight, status } = readMoment({ long: long.join("\n"), short: short.join("\n") });
        for (const { steps: away, directions } of sight.things) {
          expect(away).toBeGreaterThan(0);
          expect([1, 2]).toContain(directions.length);
        }
        for (const [name, count] of Object.entries(status.items)) {
          expect(itemNames).toContain(name);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThan(10);
        }
      }),
    );
  });
});

describe("what is near", () => {
  const near = (lines: string, name = "table") => isNear(readSight(lines), name);

  test("a table counts within one square, corners too", () => {
    expect(near("You see:\n- table 1 step to your north")).toBe("yes");
    expect(near("You see:\n- table 2 steps to your north-east")).toBe("yes");
    expect(near("You see:\n- table 2 steps to your north")).toBe("maybe");
    expect(near("You see:\n- table 3 steps to your north-east")).toBe("no");
    expect(near("You see:\n- grass 1 step to your west")).toBe("no");
    expect(near("You see:\n- grass 1 step to your west\n\nYou face table at your front.")).toBe("yes");
  });

  test("where nothing is listed, nothing is known", () => {
    expect(near("You see nothing away from you.\n\nYou face nothing at your front.")).toBe("maybe");
  });

  test("the word table somewhere in the text is no table", () => {
    expect(near("You see:\n- stable 1 step to your north\n- grass 1 step to your west")).toBe("no");
    expect(near("You see:\n- grass 1 step to your west\n\nYour notes: table 1 step to your north")).toBe("no");
  });
});

test("a sleeper acts only with energy full", () => {
  const long =
    "You are sleeping, and will not be able take actions until energy is full.\n\n\n\nYou see nothing away from you.";
  const short = (energy: number) => `Your status:\n- health: 9/9\n- food: 9/9\n- drink: 9/9\n- energy: ${energy}/9`;
  expect(canAct(readMoment({ long, short: short(8) }))).toBe(false);
  expect(canAct(readMoment({ long, short: short(9) }))).toBe(true);
});
