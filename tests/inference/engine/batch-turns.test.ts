import { describe, expect, test } from "bun:test";
import { type BatchMember, BatchTurns, inTurns } from "../../../plugins/llama-cpp/lib/batch-turns.ts";

/** Rounds start when the test says so. */
function turnsByHand() {
  const waiting: (() => void)[] = [];
  const turns = new BatchTurns((work) => void waiting.push(work));
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    turns,
    /** Rounds that were ready. */
    async start(): Promise<number> {
      await settle();
      const ready = waiting.splice(0);
      for (const work of ready) work();
      await settle();
      return ready.length;
    },
  };
}

describe("BatchTurns", () => {
  test("one alone waits for nobody", async () => {
    const { turns, start } = turnsByHand();
    const member = turns.join();
    const turn = member.turn();
    expect(await start()).toBe(1);
    await turn;
  });

  test("a round starts only when all are ready, and then for all of them", async () => {
    const { turns, start } = turnsByHand();
    const [one, two] = [turns.join(), turns.join()];
    const begun: string[] = [];
    void one.turn().then(() => begun.push("one"));
    expect(await start()).toBe(0);
    void two.turn().then(() => begun.push("two"));
    expect(await start()).toBe(1);
    expect(begun).toEqual(["one", "two"]);
    expect(turns.rounds).toBe(1);
  });

  test("who leaves is waited for no more", async () => {
    const { turns, start } = turnsByHand();
    const [one, two] = [turns.join(), turns.join()];
    const turn = one.turn();
    expect(await start()).toBe(0);
    two.leave();
    two.leave();
    expect(await start()).toBe(1);
    await turn;
  });

  test("who joins while others are about to start takes part from the next round on", async () => {
    const { turns, start } = turnsByHand();
    const one = turns.join();
    const first = one.turn();
    const two = turns.join();
    expect(await start()).toBe(1);
    await first;
    const second = one.turn();
    expect(await start()).toBe(0);
    const joined = two.turn();
    expect(await start()).toBe(1);
    await Promise.all([second, joined]);
  });

  test("evaluations of unequal length go on side by side until each has ended", async () => {
    const turns = new BatchTurns();
    const round: string[] = [];
    const rounds: string[][] = [];
    // As the engine does: what is asked for within one turn of the event loop becomes one batch.
    async function* evaluate(name: string, length: number): AsyncGenerator<string> {
      for (let index = 0; index < length; index += 1) {
        if (round.push(name) === 1) setImmediate(() => rounds.push(round.splice(0)));
        await new Promise((resolve) => setImmediate(resolve));
        yield name;
      }
    }
    const [a, b, c] = [turns.join(), turns.join(), turns.join()];
    const reply = async (member: BatchMember, name: string, length: number) => {
      const tokens: string[] = [];
      try {
        for await (const token of inTurns(member, evaluate(name, length))) tokens.push(token);
      } finally {
        member.leave();
      }
      return tokens.length;
    };
    expect(await Promise.all([reply(a, "a", 3), reply(b, "b", 5), reply(c, "c", 1)])).toEqual([3, 5, 1]);
    expect(rounds.map((names) => names.toSorted().join(""))).toEqual(["abc", "ab", "ab", "b", "b"]);
  });

  test("an evaluation that is broken off is told so", async () => {
    let ended = false;
    async function* evaluate(): AsyncGenerator<number> {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    for await (const _ of inTurns(new BatchTurns().join(), evaluate())) break;
    expect(ended).toBe(true);
  });
});
