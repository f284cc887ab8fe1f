/** The courier scaffold's notes: the keyed file, what a note must say, and the lookup before an answer. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { noteFault } from "../../../scaffolds/courier/grounding.ts";
import { lookupFault } from "../../../scaffolds/courier/lookup-gate.ts";
import { passwordText, people, personKey, withLine } from "../../../scaffolds/courier/notebook.ts";
import { insteadOf, lookupKey, repeatFault } from "../../../scaffolds/courier/repeat.ts";
import { readScene } from "../../../scaffolds/courier/scene.ts";

describe("the file", () => {
  test("a person is known by one word, however it is written", () => {
    for (const written of [
      "mason",
      "The mason",
      "THE MASON",
      "the mason's",
      "mason's door",
      '"mason"',
      "Mason's password",
    ]) {
      expect(personKey(written)).toBe("mason");
    }
    for (const written of ["", "  ", "..."]) expect(personKey(written)).toBeUndefined();
  });

  test("a password is kept without what stands around it", () => {
    for (const written of [
      "coral swan",
      "Coral  swan.",
      '"coral swan"',
      "my password is coral swan.",
      "The mason says: my password is now coral swan.",
    ]) {
      expect(passwordText(written)).toBe("coral swan");
    }
    expect(passwordText(" . ")).toBeUndefined();
  });

  test("a new person is added at the end; a new password takes the place of the old one", () => {
    const one = withLine("", "mason", "coral swan");
    expect(one).toEqual({ text: "mason: coral swan" });
    const two = withLine(one.text, "baker", "jade fox");
    expect(two.text).toBe("mason: coral swan\nbaker: jade fox");
    expect(withLine(two.text, "mason", "ruby owl")).toEqual({
      text: "mason: ruby owl\nbaker: jade fox",
      before: "coral swan",
    });
  });

  test("lines of the model's own stay, and a person noted twice is left once", () => {
    expect(withLine("remember: doors last\nmason: a\nmason: b\n", "mason", "c").text).toBe(
      "remember: doors last\nmason: c",
    );
  });

  test("after any notes, each person has one line: the last told", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), (notes) => {
        const text = notes.reduce((kept, [key, password]) => withLine(kept, key, password).text, "");
        const last = new Map(notes);
        expect(people(text)).toEqual([...last.keys()]);
        for (const [key, password] of last) expect(text.split("\n")).toContain(`${key}: ${password}`);
      }),
    );
  });
});

describe("a note", () => {
  const fault = (key: string, password: string, ...texts: string[]) =>
    noteFault(
      key,
      password,
      texts.map((text) => ({ text, scene: readScene(text) })),
    );
  const told = "The mason says: my password is coral swan.";

  test("passes if person and password stand in what was said", () => {
    expect(fault("mason", "coral swan", told)).toBeUndefined();
    expect(fault("baker", "jade", told, "The baker says: my password is jade.")).toBeUndefined();
  });

  test("is refused with the word that was not said", () => {
    expect(fault("mason", "silk", told)).toContain('"silk" does not stand');
    expect(fault("mason", "coral fox", told)).toContain('"fox"');
  });

  test("is kept under the one who tells, not under a word of the password or somebody else", () => {
    for (const key of ["coral", "queen", "baker"])
      expect(fault(key, "coral swan", told)).toContain(`not "${key}" who tells`);
  });

  test("may not mix two tellings", () => {
    expect(fault("mason", "jade", told, "The baker says: my password is jade.")).toContain("Not noted");
  });

  test("is refused where nobody tells a password, and let be where the wording is not known", () => {
    for (const text of [
      "The clerk says: my feet hurt.",
      "You walk on. The sun is low.",
      "You are at the mason's door. Say the mason's password.",
    ]) {
      expect(fault("mason", "door", text)).toContain("nobody tells a password");
    }
    expect(fault("mason", "coral", "A new kind of scene: mason, coral.")).toBeUndefined();
  });
});

describe("the lookup before an answer", () => {
  const door = readScene("You are at the mason's door. Say the mason's password.");
  const road = readScene("You walk on. The sun is low.");
  const fault = (action: string, lookups: number, lines: number, scene = door) =>
    lookupFault({ scene, lookups, lines }, action, "walk");

  test("is asked for at a door where there are notes", () => {
    expect(fault("coral", 0, 3)).toContain("not looked in your notes");
    expect(fault("coral", 1, 3)).toBeUndefined();
    expect(fault("coral", 0, 0)).toBeUndefined();
  });

  test("walking past a door is refused, walking on the road is not", () => {
    expect(fault("walk", 1, 3)).toContain("leaves it shut");
    expect(fault("walk", 0, 3, road)).toBeUndefined();
    expect(fault("coral", 0, 3, road)).toBeUndefined();
  });

  test("a search that finds nothing shows the file instead, unless it is empty or long", () => {
    const search = { name: "SEARCH", arguments: ["passwords.txt", "massen"] };
    expect(insteadOf(search, 0, 3)).toEqual({ name: "READ", arguments: ["passwords.txt"] });
    expect(insteadOf(search, 1, 3)).toBeUndefined();
    expect(insteadOf(search, 0, 0)).toBeUndefined();
    expect(insteadOf(search, 0, 200)).toBeUndefined();
    expect(insteadOf({ name: "READ", arguments: ["passwords.txt"] }, 0, 3)).toBeUndefined();
  });

  test("the same lookup twice is refused, another is not", () => {
    const search = (keyword: string) => ({ name: "SEARCH", arguments: ["passwords.txt", keyword] });
    const done = [lookupKey(search("mason"))];
    expect(repeatFault(search(" Mason "), done)).toContain("already");
    expect(repeatFault(search("baker"), done)).toBeUndefined();
    expect(repeatFault({ name: "READ", arguments: ["passwords.txt"] }, done)).toBeUndefined();
  });
});
