import { describe, expect, test } from "bun:test";
import { ScaffoldError } from "../../src/core/errors.ts";
import { parseTurn } from "../../src/memory/grammar.ts";
import { operationHelp } from "../../src/memory/help.ts";
import { operationForm, operationTable } from "../../src/memory/operation-table.ts";
import { table, upsert } from "./support.ts";

describe("operation help", () => {
  test("names what is open in a phase, without the hidden ones", () => {
    const names = (phase: "log" | "plan", hidden: string[]) =>
      operationHelp(phase, [upsert], hidden, "noop").map((line) => /^<\|([A-Z_]+)/.exec(line)?.[1]);
    expect(names("log", [])).toEqual([
      "READ",
      "SEARCH",
      "TAIL",
      "COUNT",
      "APPEND",
      "WRITE",
      "CREATE",
      "DONE",
      "UPSERT_MAP",
    ]);
    expect(names("plan", ["COUNT", "TAIL"])).toEqual(["READ", "SEARCH", "ACTION"]);
  });

  test("every example is an operation the grammar reads", () => {
    for (const line of [...operationHelp("log", [upsert], [], "noop"), ...operationHelp("plan", [], [], "noop")]) {
      const example = line.split("Example: ")[1];
      if (example !== undefined)
        expect(parseTurn(example, table, false)).toMatchObject([{ kind: "operation", unclosed: false }]);
    }
  });

  test("the form shows every argument", () => {
    expect(operationForm(upsert)).toBe("<|UPSERT_MAP|>name|text<|END|>");
    expect(operationForm({ name: "DONE", arguments: [] })).toBe("<|DONE|>");
  });
});

describe("operation table", () => {
  test.each([
    [{ ...upsert, name: "READ" }, "taken"],
    [{ ...upsert, name: "END" }, "closes every operation"],
    [{ ...upsert, phases: ["log", "plan"] as ("log" | "plan")[] }, "nothing is written in PLAN"],
  ])("refuses %j", (spec, why) => {
    expect(() => operationTable([spec])).toThrow(ScaffoldError);
    expect(() => operationTable([spec])).toThrow(why);
  });

  test("refuses one name twice", () => {
    expect(() => operationTable([upsert, upsert])).toThrow("taken");
  });
});
