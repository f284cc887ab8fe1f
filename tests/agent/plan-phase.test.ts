import { describe, expect, test } from "bun:test";
import { ProviderError, ScaffoldError } from "../../src/core/errors.ts";
import { overflow, planOnly, shownAt } from "./support.ts";

describe("PLAN", () => {
  test("runs the reads of a reply, then commits its action", async () => {
    const { sink, game } = await planOnly(["<|ACTION|>north<|END|><|COUNT|>a<|END|>"], {
      hooks: { initFiles: () => ({ a: "x" }) },
    });
    expect(sink.operations()).toEqual(["plan COUNT[a] ok", "plan ACTION[north] ok"]);
    expect(game.played).toEqual(["north"]);
  });

  test("of two actions the last is played, and the other counted", async () => {
    const { sink, game } = await planOnly(["<|ACTION|>north<|END|> no: <|ACTION|>south"]);
    expect(sink.operations()).toEqual(["plan ACTION[north] refused", "plan ACTION[south] ok unclosed"]);
    expect(game.played).toEqual(["south"]);
  });

  test("writes and DONE are answered with the reason, and memory stays as it is", async () => {
    const { sink, result, model } = await planOnly([
      "<|WRITE|>a|x<|END|><|APPEND|>a|x<|END|><|CREATE|>b<|END|><|DONE|>",
      "<|ACTION|>noop<|END|>",
    ]);
    expect(sink.operations().slice(0, 4)).toEqual([
      "plan WRITE[a¦x] refused wrong-phase",
      "plan APPEND[a¦x] refused wrong-phase",
      "plan CREATE[b] refused wrong-phase",
      "plan DONE[] refused wrong-phase",
    ]);
    expect(result.files).toEqual({});
    expect(shownAt(model, 1).results.every(({ failed }) => failed)).toBe(true);
  });

  test("a reply without any operation is answered with what is expected, and counted", async () => {
    const { sink, model, game } = await planOnly(["I go north.", { cut: "Let me think" }, "<|ACTION|>north<|END|>"]);
    expect(sink.operations()).toEqual([
      "plan [] malformed no-operation",
      "plan [] malformed no-operation",
      "plan ACTION[north] ok",
    ]);
    expect(shownAt(model, 1).results[0]?.text).toContain("<|ACTION|>name<|END|>");
    expect(shownAt(model, 2).results[0]?.text).toContain("length limit");
    expect(game.played).toEqual(["north"]);
  });

  test("after the last call the fallback is played, and marked", async () => {
    const { sink, game } = await planOnly(["hm", "hm"], { agent: { planCalls: 2 } });
    expect(game.played).toEqual(["noop"]);
    expect(sink.of("action")[0]).toMatchObject({ raw: "", action: "noop", fallback: true });
    expect(sink.of("phase-end")[0]?.reason).toBe("call-limit");
  });

  test("a fallback that is none of the game's actions is the scaffold's fault", async () => {
    const failed = planOnly(["hm"], { agent: { planCalls: 1 }, hooks: { fallbackAction: () => "search" } });
    await expect(failed).rejects.toBeInstanceOf(ScaffoldError);
    await expect(failed).rejects.toThrow('"search" at step 0, which is none of the game\'s actions');
  });

  test("the gate sees the repaired action and may reject it twice; then it passes", async () => {
    const asked: string[] = [];
    const { sink, model, game } = await planOnly(
      ["<|ACTION|>NORTH<|END|>", "<|ACTION|>South<|END|>", "<|ACTION|>North<|END|>"],
      {
        hooks: {
          validateAction: (_step, _memory, action) => {
            asked.push(action);
            return { verdict: "reject", text: `not ${action}` };
          },
        },
      },
    );
    expect(asked).toEqual(["north", "south"]);
    expect(shownAt(model, 1).rejection).toBe("not north");
    expect(game.played).toEqual(["north"]);
    expect(sink.of("action")[0]).toEqual({
      kind: "action",
      stepIndex: 0,
      raw: "North",
      action: "north",
      fallback: false,
      rejections: [
        { action: "north", reason: "not north" },
        { action: "south", reason: "not south" },
      ],
    });
    expect(sink.operations()).toEqual([
      "plan ACTION[NORTH] refused",
      "plan ACTION[South] refused",
      "plan ACTION[North] ok",
    ]);
  });

  test("on the last call the gate is not asked, so the model's action is played and not the fallback", async () => {
    const { game } = await planOnly(["<|ACTION|>north<|END|>"], {
      agent: { planCalls: 1 },
      hooks: { validateAction: () => ({ verdict: "reject", text: "no" }) },
    });
    expect(game.played).toEqual(["north"]);
  });

  test("an action that is none of the game's is sent as meant", async () => {
    const { game, sink } = await planOnly(["<|ACTION|>dance<|END|>"]);
    expect(game.played).toEqual(["dance"]);
    expect(sink.of("observation").at(-1)?.transition).toMatchObject({ valid: false, executed: "noop" });
  });

  test("an action on two lines, too long, or cut off is no action", async () => {
    const { sink, game } = await planOnly([
      "<|ACTION|>north\nsouth<|END|>",
      `<|ACTION|>${"n".repeat(201)}<|END|>`,
      { cut: "<|ACTION|>nor" },
      "<|ACTION|>\nnorth\n<|END|>",
    ]);
    expect(sink.of("operation").map(({ status, failure }) => `${status} ${failure}`)).toEqual([
      "refused bad-argument",
      "refused bad-argument",
      "malformed unclosed",
      "ok undefined",
    ]);
    expect(game.played).toEqual(["north"]);
  });

  test("what cannot be sent is taken out of an action", async () => {
    const { game } = await planOnly(["<|ACTION|>no\u0000\ud800<|END|>"]);
    expect(game.played).toEqual(["no\uFFFD\uFFFD"]);
  });

  test("a conversation without room begins anew with the prompt and a note", async () => {
    const { model, sink } = await planOnly(["<|COUNT|>a<|END|>", overflow(), "<|ACTION|>north<|END|>"]);
    expect(model.calls[2]?.messages).toEqual([
      { role: "user", content: expect.stringMatching(/^PLAN 0\n\nNote: .*<\|ACTION\|>/) },
    ]);
    const calls = sink.of("call");
    expect(calls.map(({ callIndex, fresh }) => [callIndex, fresh])).toEqual([
      [0, true],
      [1, true],
    ]);
    expect(calls[1]?.added as unknown).toEqual(model.calls[2]?.messages);
  });

  test("it may begin anew as often as calls are left; if the prompt itself does not fit, it is an error", async () => {
    const read = "<|COUNT|>a<|END|>";
    const { game } = await planOnly([read, overflow(), read, overflow(), read], { agent: { planCalls: 3 } });
    expect(game.played).toEqual(["noop"]);
    await expect(planOnly([read, overflow(), overflow()])).rejects.toBeInstanceOf(ProviderError);
    await expect(planOnly([overflow()])).rejects.toThrow(/PLAN prompt of step 0 does not fit/);
  });

  test("a failed call in the middle is never played over", async () => {
    const fault = new ProviderError("slow", { code: "timeout" });
    await expect(planOnly(["<|COUNT|>a<|END|>", fault, "<|ACTION|>north<|END|>"])).rejects.toBe(fault);
  });

  test("a scaffold may write before it, from the first step on", async () => {
    const { sink, scaffold } = await planOnly(["<|ACTION|>north<|END|>"], {
      hooks: { beforePlan: (step, memory) => memory.write("status.txt", `step ${step.stepIndex}`) },
    });
    expect(scaffold.planSteps[0]?.files).toEqual([{ name: "status.txt", characters: 6, lines: 1 }]);
    expect(sink.of("operation")[0]).toMatchObject({
      actor: "scaffold",
      phase: "plan",
      callIndex: 0,
      name: "WRITE",
      arguments: ["status.txt"],
    });
  });
});
