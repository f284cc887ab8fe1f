/** What is asked of every reviewer. */
import { describe, expect, test } from "bun:test";
import { writeBrief } from "../../../src/evolve/reviewer/brief.ts";
import { tried } from "./support.ts";

const facts = { game: "courier", tasks: ["default"], history: [] };

describe("the brief", () => {
  test("asks the five questions and for a named structural change, and says what not to do", () => {
    const text = writeBrief(facts);
    for (const question of ["*used*", "*accurate*", "*change actions*", "*missing*", "*organised*"]) {
      expect(text).toContain(question);
    }
    expect(text).toMatch(/Other wording of prompts alone does not count/);
    expect(text).toMatch(/stays in the model's hands/);
    expect(text).toMatch(/No buffer of past turns and no automatic summary/);
    expect(text).toMatch(/Do not work on saving tokens/);
    expect(text).toMatch(/Do not run the game or an evaluation/);
    expect(text).not.toContain("What was tried");
    expect(text).not.toContain("undefined");
  });

  test("shows a fresh attempt what was tried, whatever stands in the reasons", () => {
    const odd = { ...tried, reason: "worse |\nby far", selectMean: undefined };
    const text = writeBrief({ ...facts, history: [odd] });
    expect(text).toContain("| r1a1c0 | key-value places | rejected-on-select | not known | 0.200 | worse \\| by far |");
    expect(text).not.toContain("You go on from a revision that failed");
  });

  test("shows a continuation what failed, with its author's words as quotations", () => {
    const text = writeBrief({ ...facts, history: [tried], failed: tried });
    expect(text).toContain('The package you are given is r1a1c0, "key-value places": A file of places.');
    expect(text).toContain("> # Used?\n> No.");
    expect(text).toContain("> Places stand in places.md.");
  });

  test("is the same for the same facts, and ends with one line end", () => {
    const text = writeBrief({ ...facts, gameInstruction: "Bring the letters." });
    expect(text).toBe(writeBrief({ ...facts, gameInstruction: "Bring the letters." }));
    expect(text).toContain("> Bring the letters.");
    expect(text).toMatch(/[^\n]\n$/);
  });
});
