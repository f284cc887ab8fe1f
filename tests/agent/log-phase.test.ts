import { describe, expect, test } from "bun:test";
import { ProviderError } from "../../src/core/errors.ts";
import { logOnly, overflow, shownAt } from "./support.ts";

const inLog = (entry: { phase: string }) => entry.phase === "log";

function logEnd(played: Awaited<ReturnType<typeof logOnly>>) {
  return played.sink.of("phase-end").find(inLog)?.reason;
}

describe("LOG", () => {
  test("runs operations in the order written, so that an append after a write is kept", async () => {
    const { sink, result } = await logOnly([
      "<|APPEND|>a|1<|END|><|WRITE|>a|2<|END|><|APPEND|>a|3<|END|><|READ|>a<|END|><|DONE|>",
    ]);
    expect(sink.operations(inLog)).toEqual([
      "log APPEND[a¦1] ok",
      "log WRITE[a¦2] ok",
      "log APPEND[a¦3] ok",
      "log READ[a] ok",
      "log DONE[] ok",
    ]);
    expect(result.files).toEqual({ a: "2\n3" });
  });

  test("ends at DONE; what follows it is refused and not run", async () => {
    const played = await logOnly(["<|DONE|><|WRITE|>a|x<|END|><|FLY|>"]);
    expect(played.sink.operations(inLog)).toEqual([
      "log DONE[] ok",
      "log WRITE[a¦x] refused",
      "log FLY[] malformed unknown-operation",
    ]);
    expect(played.result.files).toEqual({});
    expect(logEnd(played)).toBe("done");
  });

  test("ends at a reply without operations", async () => {
    expect(logEnd(await logOnly(["Nothing to note."]))).toBe("no-operation");
  });

  test("ends at the limit of calls, with the last reply's operations run", async () => {
    const played = await logOnly(["<|APPEND|>a|1<|END|>", "<|APPEND|>a|2<|END|>"], { agent: { logCalls: 2 } });
    expect(logEnd(played)).toBe("call-limit");
    expect(played.result.files).toEqual({ a: "1\n2" });
    expect(shownAt(played.model, 2).callsLeft).toBe(1);
  });

  test("answers malformed operations and goes on", async () => {
    const played = await logOnly(["<|SEARCH|>a<|END|><|FLY|>x<|END|><|TAIL|>a|0<|END|>", "<|DONE|>"]);
    expect(played.sink.operations(inLog).slice(0, 3)).toEqual([
      "log SEARCH[a] malformed missing-argument",
      "log FLY[] malformed unknown-operation",
      "log TAIL[a¦0] refused bad-argument",
    ]);
    const { results } = shownAt(played.model, 2);
    expect(results.map(({ failed }) => failed)).toEqual([true, true, true]);
    expect(results[0]).toEqual({
      operation: "<|SEARCH|>a<|END|>",
      text: "SEARCH needs file and keyword. Write <|SEARCH|>file|keyword<|END|>",
      failed: true,
    });
  });

  test("an unclosed operation ends at the next tag, runs, and is told of", async () => {
    const played = await logOnly(["<|APPEND|>a|found wood\n<|READ|>a<|END|>", "<|DONE|>"]);
    expect(played.sink.operations(inLog).slice(0, 2)).toEqual([
      "log APPEND[a¦found wood] ok unclosed",
      "log READ[a] ok",
    ]);
    expect(played.result.files).toEqual({ a: "found wood" });
    expect(shownAt(played.model, 2).results[0]?.text).toBe(
      "Created a: now 1 line.\n(It had no <|END|>. Write <|APPEND|>file|text<|END|>)",
    );
  });

  test("a write cut by the token limit is not run", async () => {
    const played = await logOnly([{ cut: "<|WRITE|>a|half of it" }, "<|DONE|>"]);
    expect(played.result.files).toEqual({});
    expect(played.sink.operations(inLog)[0]).toBe("log WRITE[a¦half of it] malformed unclosed");
    expect(shownAt(played.model, 2).results[0]?.text).toContain("reached the length limit inside WRITE");
  });

  test("ACTION is answered and counted", async () => {
    const played = await logOnly(["<|ACTION|>north<|END|>", "<|DONE|>"]);
    expect(played.sink.operations(inLog)[0]).toBe("log ACTION[north] refused wrong-phase");
    expect(played.game.played).toEqual(["north", "noop"]);
  });

  test("runs so many operations of one reply at most; DONE counts wherever it stands", async () => {
    const many = await logOnly(["<|APPEND|>a|x<|END|>".repeat(5), "<|DONE|>"], { agent: { operationsPerTurn: 3 } });
    expect(many.result.files).toEqual({ a: "x\nx\nx" });
    expect(many.sink.operations((entry) => inLog(entry) && entry.status === "refused")).toHaveLength(2);
    expect(shownAt(many.model, 2).results.at(-1)).toEqual({
      operation: "2 more",
      text: "Not run: at most 3 operations are run from one reply.",
      failed: true,
    });
    expect(
      logEnd(await logOnly([`${"<|COUNT|>a<|END|>".repeat(5)}<|DONE|>`], { agent: { operationsPerTurn: 3 } })),
    ).toBe("done");
  });

  test("without room for more it ends, and what it wrote stands", async () => {
    const played = await logOnly(["<|APPEND|>a|x<|END|>", overflow()], {
      hooks: { afterLog: (_step, memory) => memory.remove("b"), initFiles: () => ({ b: "" }) },
    });
    const kinds = played.sink.entries.map((entry) => (entry.kind === "operation" ? entry.name : entry.kind));
    expect(kinds.slice(kinds.indexOf("APPEND"), kinds.indexOf("APPEND") + 4)).toEqual([
      "APPEND",
      "phase-end",
      "REMOVE",
      "call",
    ]);
    expect(logEnd(played)).toBe("context-full");
    expect(played.result.files).toEqual({ a: "x" });
  });

  test("a first prompt that does not fit is an error that says what to do", async () => {
    const failed = logOnly([overflow()]);
    await expect(failed).rejects.toBeInstanceOf(ProviderError);
    await expect(failed).rejects.toMatchObject({
      code: "context-overflow",
      data: { promptTokens: 9, stepIndex: 1, phase: "log" },
    });
    await expect(failed).rejects.toThrow(/LOG prompt of step 1 does not fit.*larger context/);
  });

  test("a scaffold may write after it; each write is the scaffold's in the journal", async () => {
    const caught: unknown[] = [];
    const played = await logOnly(["<|WRITE|>a|x<|END|><|DONE|>"], {
      hooks: {
        afterLog: (step, memory) => {
          expect(step.files).toEqual([{ name: "a", characters: 1, lines: 1 }]);
          memory.append("a", "y");
          memory.write("b", "z");
          memory.remove("a");
          try {
            memory.write("../c", "w");
          } catch (thrown) {
            caught.push((thrown as { code: string }).code);
          }
        },
      },
    });
    expect(caught).toEqual(["memory-refused"]);
    expect(played.result.files).toEqual({ b: "z" });
    const own = played.sink.of("operation").filter(({ actor }) => actor === "scaffold");
    expect(
      own.map(({ name, status, phase, callIndex, writes }) => [name, status, phase, callIndex, writes?.[0]?.change]),
    ).toEqual([
      ["APPEND", "ok", "log", 0, "append"],
      ["WRITE", "ok", "log", 0, "replace"],
      ["REMOVE", "ok", "log", 0, "remove"],
      ["WRITE", "refused", "log", 0, undefined],
    ]);
  });
});
