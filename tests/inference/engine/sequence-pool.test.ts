import { describe, expect, test } from "bun:test";
import { SequencePool } from "../../../plugins/llama-cpp/lib/sequence-pool.ts";

describe("SequencePool", () => {
  test("gives a conversation the sequence it had", async () => {
    const pool = new SequencePool(["a", "b"]);
    const log = await pool.acquire("ep0/log");
    pool.release(log);
    const plan = await pool.acquire("ep0/plan");
    pool.release(plan);
    expect(plan.sequence).not.toBe(log.sequence);
    expect((await pool.acquire("ep0/log")).sequence).toBe(log.sequence);
    expect((await pool.acquire("ep0/plan")).sequence).toBe(plan.sequence);
  });

  test("a new conversation takes the sequence unused for longest", async () => {
    const pool = new SequencePool(["a", "b"]);
    const first = await pool.acquire("one");
    pool.release(first);
    pool.release(await pool.acquire("two"));
    expect((await pool.acquire("three")).sequence).toBe(first.sequence);
  });

  test("never gives one sequence to two calls, and serves the waiting in order", async () => {
    const pool = new SequencePool(["a"]);
    const first = await pool.acquire("one");
    const order: string[] = [];
    const second = pool.acquire("two").then((slot) => {
      order.push("two");
      return slot;
    });
    const third = pool.acquire("three").then((slot) => {
      order.push("three");
      return slot;
    });
    pool.release(first);
    pool.release(await second);
    pool.release(await third);
    expect(order).toEqual(["two", "three"]);
  });

  test("two calls of one conversation at once get two sequences", async () => {
    const pool = new SequencePool(["a", "b"]);
    expect((await pool.acquire("one")).sequence).not.toBe((await pool.acquire("one")).sequence);
  });

  test("a sequence given back twice is a bug that shows", async () => {
    const pool = new SequencePool(["a"]);
    const slot = await pool.acquire(undefined);
    pool.release(slot);
    expect(() => pool.release(slot)).toThrow("twice");
  });
});
