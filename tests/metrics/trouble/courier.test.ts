/** Trouble in recorded plays of courier, where it is known what was needed when. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { courierEntries, operation, type PlayedStep, search, troubleIn, troubleOf } from "./support.ts";

const doctor = "The doctor says: my password is coral lion.";
const lawyer = "The lawyer says: my password is jade frog.";
const weaver = "The weaver says: my password is gold mouse.";

describe("trouble in courier", () => {
  test("a player that notes and finds every password has lost no fact", () => {
    const trouble = troubleIn(courierEntries("perfect"));
    expect(trouble.lostFacts).toEqual([]);
    expect(trouble.emptySearches).toEqual([]);
    expect(trouble.unusedFiles).toEqual([]);
    expect(trouble.stillStretches).toEqual([{ fromStep: 0, toStep: 8 }]);
  });

  test("a player that notes nothing did not store what each door asks for", () => {
    const trouble = troubleIn(courierEntries("forgetful"));
    expect(trouble.lostFacts).toEqual([
      { step: 8, fact: doctor, kind: "not-stored", seenAtStep: 5 },
      { step: 10, fact: lawyer, kind: "not-stored", seenAtStep: 2 },
      { step: 12, fact: weaver, kind: "not-stored", seenAtStep: 4 },
    ]);
    expect(trouble.emptySearches[0]).toEqual({ step: 8, file: "notes.txt", keyword: "doctor", seenAtStep: 5 });
    expect(trouble.counts).toEqual({ stillSteps: 14, emptySearches: 6, redundantWrites: 0, lostFacts: 3 });
  });

  test("a player that notes and never looks does not find what it stored", () => {
    const trouble = troubleIn(courierEntries("unread"));
    expect(trouble.unusedFiles).toEqual(["notes.txt"]);
    expect(trouble.lostFacts).toEqual([
      { step: 8, fact: doctor, kind: "not-found", seenAtStep: 5, storedIn: "notes.txt" },
      { step: 10, fact: lawyer, kind: "not-found", seenAtStep: 2, storedIn: "notes.txt" },
      { step: 12, fact: weaver, kind: "not-found", seenAtStep: 4, storedIn: "notes.txt" },
    ]);
  });

  test("a player that looks in the wrong file is told the right one", () => {
    const trouble = troubleIn(courierEntries("misfiled"));
    expect(trouble.emptySearches.map(({ step, keyword, storedIn }) => [step, keyword, storedIn])).toEqual([
      [8, "doctor", "people.txt"],
      [9, "doctor", "people.txt"],
      [10, "lawyer", "people.txt"],
      [11, "lawyer", "people.txt"],
      [12, "weaver", "people.txt"],
      [13, "weaver", "people.txt"],
    ]);
    expect(trouble.lostFacts.map(({ step, kind, storedIn }) => [step, kind, storedIn])).toEqual([
      [8, "not-found", "people.txt"],
      [10, "not-found", "people.txt"],
      [12, "not-found", "people.txt"],
    ]);
    expect(trouble.unusedFiles).toEqual(["people.txt"]);
  });
});

interface Story {
  task: string;
  seed: number;
  choices: string[];
  scenes: [text: string, person: string, word: string][];
}

const stories: Story[] = JSON.parse(
  readFileSync(join(import.meta.dir, "../../fixtures/evidence/courier/stories.json"), "utf8"),
);

describe.each(stories.map((story): [string, Story] => [`${story.task} with seed ${story.seed}`, story]))(
  "%s",
  (_, story) => {
    const actions = ["walk", ...story.choices];

    test("has no lost fact for a player that notes each password, mends the note when it changes, and looks it up", () => {
      const notes = new Map<string, string>();
      const steps = story.scenes.map(([sees]): PlayedStep => {
        const [, teller, words] = /The (\w+) says: my password is (?:now )?([a-z ]+)\./.exec(sees) ?? [];
        const log = [];
        if (teller !== undefined && words !== undefined) {
          notes.set(teller, words);
          const text = [...notes].map(([person, said]) => `${person}: ${said}\n`).join("");
          log.push(
            operation("WRITE", ["notes.txt", text], { writes: [{ file: "notes.txt", change: "replace", text }] }),
          );
        }
        const asked = /(\w+)'s password\.$/.exec(sees)?.[1];
        const plan = asked === undefined ? [] : [search("notes.txt", asked, `${asked}: ${notes.get(asked)}`)];
        return { sees, log, plan };
      });
      expect(troubleOf(steps, { actions }).lostFacts).toEqual([]);
    });

    test("has one lost fact a door for a player that notes nothing, seen when it was last told", () => {
      const steps = story.scenes.map(([sees]) => ({ sees }));
      const doors = story.scenes.flatMap(([, person, word], step) =>
        word !== "" && story.scenes[step - 1]?.[1] !== person ? [{ person, step }] : [],
      );
      const told = (person: string) =>
        story.scenes.findLastIndex(([text]) => text.startsWith(`The ${person} says: my password`));
      expect(
        troubleOf(steps, { actions }).lostFacts.map(({ step, kind, seenAtStep }) => ({ step, kind, seenAtStep })),
      ).toEqual(doors.map(({ person, step }) => ({ step, kind: "not-stored", seenAtStep: told(person) })));
    });
  },
);
