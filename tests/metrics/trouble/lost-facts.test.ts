import { describe, expect, test } from "bun:test";
import { append, operation, search, troubleOf } from "./support.ts";

const told = "The miller says: the vault opens with cobalt.";
const asked = "Which stone opens the miller's vault?";
const walks = Array.from({ length: 6 }, () => ({ sees: "You walk on." }));

describe("lost facts", () => {
  test("what a question points back to, and no file has, was not stored", () => {
    const { lostFacts } = troubleOf([{ sees: told }, ...walks, { sees: asked }]);
    expect(lostFacts).toEqual([{ step: 7, fact: told, kind: "not-stored", seenAtStep: 0 }]);
  });

  test("what stands in memory in other words is stored", () => {
    const log = [append("notes.txt", "miller = cobalt, opens vault")];
    const { lostFacts } = troubleOf([{ sees: "Hm." }, { sees: told, log }, ...walks, { sees: asked }]);
    expect(lostFacts).toEqual([{ step: 8, fact: told, kind: "not-found", seenAtStep: 1, storedIn: "notes.txt" }]);
  });

  test("what stands below a heading is stored", () => {
    const log = [append("notes.txt", "# miller\n- cobalt opens it")];
    const { lostFacts } = troubleOf([{ sees: told, log }, { sees: asked }]);
    expect(lostFacts[0]?.kind).toBe("not-found");
  });

  test("a file that names the person and not the fact does not have it", () => {
    const log = [append("notes.txt", "met the miller\n\nthen the smith\nand more\ncobalt is blue")];
    const { lostFacts } = troubleOf([{ sees: told, log }, { sees: asked }]);
    expect(lostFacts[0]?.kind).toBe("not-stored");
  });

  test("what PLAN looked up is not lost", () => {
    const plan = [search("notes.txt", "miller", "miller: cobalt opens")];
    const { lostFacts } = troubleOf([
      { sees: told, log: [append("notes.txt", "miller: cobalt opens")] },
      { sees: asked, plan },
    ]);
    expect(lostFacts).toEqual([]);
  });

  test("what the prompt of PLAN shows of memory is not lost", () => {
    const prompt = `Your notes:\nmiller: cobalt opens\n\n${asked}`;
    const { lostFacts } = troubleOf([{ sees: told }, { sees: asked, prompt }]);
    expect(lostFacts).toEqual([]);
  });

  test("the question in the prompt, with other words near, does not count as memory", () => {
    const prompt = `${asked}\ncobalt, garnet, says`;
    expect(troubleOf([{ sees: told }, { sees: asked, prompt }]).lostFacts).toHaveLength(1);
  });

  test("what is still in sight is not lost", () => {
    expect(troubleOf([{ sees: told }, { sees: `${told}\n${asked}` }]).lostFacts).toEqual([]);
  });

  test("a need that goes on is one loss, and a second one later is another", () => {
    const steps = [{ sees: told }, { sees: asked }, { sees: asked }, { sees: "You walk on." }, { sees: asked }];
    expect(troubleOf(steps).lostFacts.map(({ step }) => step)).toEqual([1, 4]);
  });

  test("of two sentences that fit alike the later one counts", () => {
    const now = "The miller says: the vault opens with garnet.";
    const { lostFacts } = troubleOf([{ sees: told }, { sees: now }, ...walks, { sees: asked }]);
    expect(lostFacts.map(({ fact }) => fact)).toEqual([now]);
  });

  test("names of actions decide: of them all must be known", () => {
    const actions = ["wait", "cobalt", "amber"];
    const both = "The miller says: first cobalt, then amber, says the old book.";
    const log = [append("notes.txt", "miller: cobalt, first, old book")];
    const question = "What does the miller say?";
    expect(troubleOf([{ sees: both, log }, { sees: question }], { actions }).lostFacts[0]?.kind).toBe("not-stored");
  });

  test("a name told again without a question is no need", () => {
    expect(troubleOf([{ sees: told }, ...walks, { sees: "The miller sleeps." }]).lostFacts).toEqual([]);
  });

  test("a line with a changing number, seen at every step, is no fact", () => {
    const steps = Array.from({ length: 40 }, (_, step) => ({
      sees: step % 3 === 0 ? "Go on." : `Turn ${step}: ${700 + step} gold.`,
    }));
    expect(troubleOf([...steps, { sees: "How much is turn 7 in gold?" }]).lostFacts).toEqual([]);
  });

  test("a keyword that PLAN does not find, seen before, was not stored", () => {
    const plan = [search("notes.txt", "brass key")];
    const { lostFacts, emptySearches } = troubleOf([
      { sees: "You see a brass key under the mat." },
      ...walks,
      { sees: "A door, locked.", plan },
    ]);
    expect(emptySearches).toEqual([{ step: 7, file: "notes.txt", keyword: "brass key", seenAtStep: 0 }]);
    expect(lostFacts).toEqual([
      { step: 7, fact: "You see a brass key under the mat.", kind: "not-stored", seenAtStep: 0 },
    ]);
  });

  test("a keyword found by a second look-up of the same PLAN is not lost", () => {
    const plan = [search("notes.txt", "key"), search("map.txt", "key", "key under mat")];
    const files = { "notes.txt": "", "map.txt": "key under mat\n" };
    const trouble = troubleOf([{ sees: "A key." }, ...walks, { sees: "A door.", plan }], { files });
    expect(trouble.lostFacts).toEqual([]);
    expect(trouble.emptySearches[0]?.storedIn).toBe("map.txt");
  });

  test("a keyword never seen, and one always in sight, are no lost facts", () => {
    const steps = Array.from({ length: 5 }, () => ({
      sees: "A tree.",
      plan: [search("notes.txt", "tree"), search("notes.txt", "cow")],
    }));
    const trouble = troubleOf(steps);
    expect(trouble.counts.emptySearches).toBe(10);
    expect(trouble.emptySearches.every(({ seenAtStep }) => seenAtStep === undefined)).toBe(true);
    expect(trouble.lostFacts).toEqual([]);
  });

  test("an empty search in LOG is no lost fact: so a model sees that a line is new", () => {
    const log = [search("notes.txt", "key")];
    const trouble = troubleOf([{ sees: "A key." }, { sees: "A wall.", log }]);
    expect(trouble.emptySearches).toEqual([{ step: 1, file: "notes.txt", keyword: "key", seenAtStep: 0 }]);
    expect(trouble.lostFacts).toEqual([]);
  });

  test("what a refused or malformed operation says is not memory", () => {
    const plan = [operation("SEARCH", ["notes.txt", "miller"], { status: "refused", result: "miller: cobalt opens" })];
    expect(troubleOf([{ sees: told }, { sees: asked, plan }]).lostFacts).toHaveLength(1);
  });
});
