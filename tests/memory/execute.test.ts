import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { answerFailure, checkOperation } from "../../src/memory/answers.ts";
import { isFolderOperation, runFolderOperation } from "../../src/memory/execute.ts";
import type { MemoryFolder } from "../../src/memory/folder.ts";
import { parseTurn } from "../../src/memory/grammar.ts";
import { folderWith, modelOutput, table } from "./support.ts";

/** Parses and runs a reply in LOG, one answer for each item. */
function run(folder: MemoryFolder, reply: string, phase: "log" | "plan" = "log") {
  return parseTurn(reply, table, false).map((item) => {
    if (item.kind === "failure") return answerFailure(item, table, phase);
    const { operation } = item;
    const refused = checkOperation(operation, table.get(operation.name)!, phase, folder.limits);
    if (refused !== undefined) return refused;
    if (!isFolderOperation(operation.name)) return { status: "ok" as const, text: "" };
    return runFolderOperation(folder, operation.name, operation);
  });
}

const notes = "wood at 3,4\nStone at 5,6\nwater\n";

describe("operations on the folder", () => {
  test("READ shows the whole file, TAIL its end, COUNT its size", () => {
    const folder = folderWith({ "notes.txt": notes });
    expect(run(folder, "<|READ|>notes.txt<|END|><|TAIL|>notes.txt|2<|END|><|COUNT|>notes.txt<|END|>")).toEqual([
      { status: "ok", text: "wood at 3,4\nStone at 5,6\nwater" },
      { status: "ok", text: "Stone at 5,6\nwater" },
      { status: "ok", text: "notes.txt has 3 lines, 31 characters." },
    ]);
  });

  test("SEARCH finds a plain substring in any case", () => {
    const folder = folderWith({ "notes.txt": notes });
    expect(run(folder, "<|SEARCH|>notes.txt|STONE<|END|><|SEARCH|>notes.txt|.*<|END|>")).toEqual([
      { status: "ok", text: "Stone at 5,6" },
      { status: "empty", text: 'No line of notes.txt contains ".*". Files: notes.txt.' },
    ]);
  });

  test("reads that find nothing say which files there are", () => {
    const folder = folderWith({ "notes.txt": "", "map.txt": "x" });
    expect(run(folder, "<|READ|>nots.txt<|END|><|READ|>notes.txt<|END|><|TAIL|>Map.txt|1<|END|>")).toEqual([
      { status: "empty", text: "There is no file nots.txt. Files: map.txt, notes.txt." },
      { status: "empty", text: "notes.txt is empty." },
      { status: "empty", text: "There is no file Map.txt. Did you mean map.txt?" },
    ]);
    expect(run(folderWith({}), "<|COUNT|>a<|END|>")[0]?.text).toBe("There is no file a. There are no files yet.");
  });

  test.each(["0", "-1", "all", "1.5", "1e3", "9999999999"])("TAIL %s is refused with the reason", (count) => {
    expect(run(folderWith({ a: "x\ny" }), `<|TAIL|>a|${count}<|END|>`)).toEqual([
      {
        status: "refused",
        failure: "bad-argument",
        text: "The number of lines must be 1 or more, in digits.\nForm: <|TAIL|>file|count<|END|>",
      },
    ]);
  });

  test("WRITE then APPEND to one file keeps both, in the order written", () => {
    const folder = folderWith({ a: "old" });
    run(folder, "<|APPEND|>a|1<|END|><|WRITE|>a|2<|END|><|APPEND|>a|3<|END|>");
    expect(folder.read("a")).toBe("2\n3");
  });

  test("writes say what they did and carry the change", () => {
    const folder = folderWith({});
    expect(
      run(folder, "<|APPEND|>a|x\ny<|END|><|WRITE|>a|z<|END|><|CREATE|>b<|END|><|CREATE|>a<|END|><|APPEND|>a|<|END|>"),
    ).toEqual([
      { status: "ok", text: "Created a: now 2 lines.", writes: [{ file: "a", change: "replace", text: "x\ny" }] },
      { status: "ok", text: "Replaced a: now 1 line.", writes: [{ file: "a", change: "replace", text: "z" }] },
      { status: "ok", text: "Created b: now 0 lines.", writes: [{ file: "b", change: "replace", text: "" }] },
      { status: "refused", text: "a exists already. Add to it with <|APPEND|>a|text<|END|>" },
      { status: "refused", text: "There is no text to add." },
    ]);
  });

  test("a write that leaves little room says so, and one too long for a write is refused", () => {
    const folder = folderWith({}, { fileCharacters: 20, writeCharacters: 19 });
    expect(run(folder, `<|WRITE|>a|${"x".repeat(19)}<|END|>`)[0]?.text).toContain("Only 1 characters are left");
    expect(run(folder, `<|WRITE|>b|${"x".repeat(20)}<|END|>`)[0]).toMatchObject({
      status: "refused",
      failure: "bad-argument",
    });
    expect(folder.read("b")).toBeUndefined();
  });

  test("a long result shows its end under a line that says so", () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
    const folder = folderWith({ a: text }, { resultCharacters: 80, resultLines: 3 });
    const [whole, tail, found, short] = run(
      folder,
      "<|READ|>a<|END|><|TAIL|>a|50<|END|><|SEARCH|>a|line<|END|><|TAIL|>a|2<|END|>",
    ).map((answer) => answer.text);
    expect(whole).toBe("[Showing the last 5 of 100 lines.]\nline 95\nline 96\nline 97\nline 98\nline 99");
    expect(tail).toBe("[Showing the last 3 of 50 lines.]\nline 97\nline 98\nline 99");
    expect(found).toBe("[Showing the last 3 of 100 matching lines.]\nline 97\nline 98\nline 99");
    expect(short).toBe("line 98\nline 99");
  });

  test("of one line too long the last characters are shown, never half a character", () => {
    const folder = folderWith({ a: "😀".repeat(100) }, { resultCharacters: 80 });
    const [answer] = run(folder, "<|READ|>a<|END|>");
    expect(answer?.text).toMatch(/^\[Showing the last \d+ of 200 characters\.\]\n/);
    expect(answer?.text.isWellFormed()).toBe(true);
    expect(answer?.text.length).toBeLessThanOrEqual(80);
  });

  test("a write in PLAN is answered with the reason", () => {
    const folder = folderWith({ a: "x" });
    const answers = run(folder, "<|WRITE|>a|y<|END|><|UPSERT_MAP|>1|y<|END|><|DONE|>", "plan");
    expect(answers.map(({ status, failure }) => [status, failure])).toEqual(Array(3).fill(["refused", "wrong-phase"]));
    expect(answers[0]?.text).toBe(
      "WRITE is not open in PLAN: memory can only be read now. Choose an action: <|ACTION|>name<|END|>",
    );
    expect(folder.snapshot()).toEqual({ a: "x" });
  });

  test("a malformed operation is answered with the right form", () => {
    expect(run(folderWith({}), "<|SEARCH|>a<|END|><|FLY|>x<|END|><|read|>a<|END|>").map(({ text }) => text)).toEqual([
      "SEARCH needs file and keyword. Write <|SEARCH|>file|keyword<|END|>",
      "There is no operation FLY. Use one of: READ, SEARCH, TAIL, COUNT, APPEND, WRITE, CREATE, DONE, UPSERT_MAP.",
      "Write READ in capitals: <|READ|>file<|END|>",
    ]);
  });

  test("whatever a model writes: one answer an item, within limits, names by the rule, and PLAN changes nothing", () => {
    fc.assert(
      fc.property(fc.array(modelOutput, { maxLength: 6 }), (replies) => {
        const folder = folderWith(
          { "a.txt": "x" },
          { files: 3, fileCharacters: 200, folderCharacters: 300, resultCharacters: 80 },
        );
        for (const reply of replies) {
          for (const answer of run(folder, reply)) {
            if (answer.failure === undefined) expect(answer.text.length).toBeLessThanOrEqual(80);
            expect(answer.text.isWellFormed()).toBe(true);
          }
        }
        const files = folder.snapshot();
        for (const [name, text] of Object.entries(files)) {
          expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
          expect(text).toMatch(/^(?:\n|\t|[^\p{Cc}\p{Cs}])*$/u);
          expect(text.length).toBeLessThanOrEqual(200);
        }
        expect(Object.keys(files).length).toBeLessThanOrEqual(3);
        expect(folder.characters).toBeLessThanOrEqual(300);
        for (const reply of replies) run(folder, reply, "plan");
        expect(folder.snapshot()).toEqual(files);
      }),
      { numRuns: 500 },
    );
  });
});
