/** What the command line prints: tables, control characters, exit codes. */
import { describe, expect, test } from "bun:test";
import { describeFault } from "../../src/cli/exit-codes.ts";
import { table } from "../../src/cli/table.ts";
import { printable } from "../../src/cli/terminal.ts";
import { ConfigError, GameError } from "../../src/core/errors.ts";

describe("table", () => {
  test("aligns by what a terminal shows", () => {
    const text = table(
      [{ title: "name" }, { title: "n", align: "right" }],
      [
        ["日本", "7"],
        ["a", "123"],
      ],
    );
    expect(text).toBe(["name    n", "日本    7", "a     123"].join("\n"));
  });
});

describe("printable", () => {
  test("shows control and direction characters instead of sending them", () => {
    expect(printable("a\u001b[31mb\u0000\u202ec")).toBe("a␛[31mb␀\\u202ec");
    expect(printable("line\n\tnext é")).toBe("line\n\tnext é");
  });
});

describe("exit codes", () => {
  test("usage is 2, a failure 1, an interrupt 130, a bug 70 with its stack", () => {
    expect(describeFault(new ConfigError("x", { code: "c" })).exitCode).toBe(2);
    expect(describeFault(new GameError("x", { code: "c" })).exitCode).toBe(1);
    expect(describeFault(new DOMException("stop", "AbortError")).exitCode).toBe(130);
    const bug = describeFault(new TypeError("oops"));
    expect(bug.exitCode).toBe(70);
    expect(bug.text).toContain("output.test.ts");
  });
});
