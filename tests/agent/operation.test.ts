import { describe, expect, test } from "bun:test";
import { ScaffoldError } from "../../src/core/errors.ts";
import type { MemoryOperation } from "../../src/core/memory-op.ts";
import type { HandlerOutcome, OperationSpec, OperationVerdict, ScaffoldSession } from "../../src/core/scaffold.ts";
import { logOnly, planOnly, shownAt } from "./support.ts";

const upsert: OperationSpec = {
  name: "UPSERT",
  phases: ["log"],
  effect: "write",
  arguments: ["name", "text"],
  help: "h",
};
const near: OperationSpec = { name: "NEAR", phases: ["plan"], effect: "read", arguments: ["count"], help: "h" };

function handler(outcome: HandlerOutcome, operations: OperationSpec[] = [upsert, near]): Partial<ScaffoldSession> {
  return { operations, runOperation: () => outcome };
}

describe("an operation of the scaffold", () => {
  test("writes through the folder, and its changes are recorded", async () => {
    const { sink, result, model } = await logOnly(["<|UPSERT|>3,4|well<|END|>", "<|DONE|>"], {
      hooks: handler({ text: "Noted.", writes: [{ file: "map.txt", text: "3,4 well" }] }),
    });
    expect(result.files).toEqual({ "map.txt": "3,4 well" });
    expect(sink.of("operation").find(({ name }) => name === "UPSERT")).toMatchObject({
      actor: "model",
      status: "ok",
      result: "Noted.",
      writes: [{ file: "map.txt", change: "replace", text: "3,4 well" }],
    });
    expect(shownAt(model, 2).results[0]?.text).toBe("Noted.");
  });

  test("takes effect whole or not at all", async () => {
    const writes = [
      { file: "a", text: "x" },
      { file: "b/c", text: "y" },
    ];
    const { sink, result } = await logOnly(["<|UPSERT|>1|2<|END|><|DONE|>"], {
      hooks: handler({ text: "Noted.", writes }),
    });
    expect(result.files).toEqual({});
    expect(sink.operations(({ name }) => name === "UPSERT")).toEqual(["log UPSERT[1¦2] refused"]);
  });

  test("is held to its phase and its arguments like any other", async () => {
    const { sink } = await planOnly(["<|UPSERT|>1|2<|END|><|NEAR|>x<|END|><|NEAR|>2<|END|><|ACTION|>noop<|END|>"], {
      hooks: handler({ text: "Nothing near.", status: "empty" }),
    });
    expect(sink.operations()).toEqual([
      "plan UPSERT[1¦2] refused wrong-phase",
      "plan NEAR[x] refused bad-argument",
      "plan NEAR[2] empty",
      "plan ACTION[noop] ok",
    ]);
  });

  test("a long answer is shortened with a note", async () => {
    const { sink } = await logOnly(["<|UPSERT|>1|2<|END|><|DONE|>"], {
      hooks: handler({ text: "x".repeat(500) }),
      memory: { resultCharacters: 100 },
    });
    const result = sink.of("operation").find(({ name }) => name === "UPSERT")!.result;
    expect(result).toMatch(/^x+\n\[Showing the first \d+ of 500 characters\.\]$/);
    expect(result.length).toBeLessThanOrEqual(100);
  });

  test("that writes where it may not is the scaffold's fault", async () => {
    const writes = [{ file: "a", text: "x" }];
    const reads = planOnly(["<|NEAR|>1<|END|>"], { hooks: handler({ text: "", writes }) });
    await expect(reads).rejects.toThrow("handler of NEAR asks for writes, but it is registered as a read");
    const refused = logOnly(["<|UPSERT|>1|2<|END|>"], { hooks: handler({ text: "", status: "refused", writes }) });
    await expect(refused).rejects.toThrow("but its status is refused");
    const inPlan = planOnly([], { hooks: handler({ text: "" }, [{ ...upsert, phases: ["log", "plan"] }]) });
    await expect(inPlan).rejects.toMatchObject({ code: "bad-operation" });
  });
});

describe("the scaffold's verdict", () => {
  const verdict = (given: OperationVerdict): Partial<ScaffoldSession> => ({ onOperation: () => given });

  test("a refusal is answered with its text, and nothing is run", async () => {
    const { sink, result } = await logOnly(["<|WRITE|>a|x<|END|><|DONE|>"], {
      hooks: verdict({ verdict: "refuse", text: "Noted before." }),
    });
    expect(result.files).toEqual({});
    expect(sink.of("operation")[1]).toMatchObject({ name: "WRITE", status: "refused", result: "Noted before." });
  });

  test("a rewrite runs in its place, and the journal has both", async () => {
    const operation = { name: "APPEND", arguments: ["b", "y"] };
    const { sink, result } = await logOnly(["<|WRITE|>a|x<|END|><|DONE|>"], {
      hooks: verdict({ verdict: "rewrite", operation }),
    });
    expect(result.files).toEqual({ b: "y" });
    expect(sink.of("operation")[1]).toMatchObject({
      ...operation,
      rewrittenFrom: { name: "WRITE", arguments: ["a", "x"] },
    });
  });

  test("a rewrite obeys the phase", async () => {
    const operation = { name: "WRITE", arguments: ["a", "x"] };
    const { sink, result } = await planOnly(["<|READ|>a<|END|><|ACTION|>noop<|END|>"], {
      hooks: verdict({ verdict: "rewrite", operation }),
    });
    expect(result.files).toEqual({});
    expect(sink.operations()[0]).toBe("plan WRITE[a¦x] refused wrong-phase");
  });

  const impossible: MemoryOperation[] = [
    { name: "DONE", arguments: [] },
    { name: "ACTION", arguments: ["north"] },
    { name: "FLY", arguments: [] },
    { name: "READ", arguments: [] },
  ];
  test.each(impossible)("a rewrite to %j is the scaffold's fault", async (operation) => {
    const failed = logOnly(["<|READ|>a<|END|>"], { hooks: verdict({ verdict: "rewrite", operation }) });
    await expect(failed).rejects.toBeInstanceOf(ScaffoldError);
    await expect(failed).rejects.toMatchObject({ code: "bad-hook-result" });
  });
});
