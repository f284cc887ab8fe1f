import { describe, expect, test } from "bun:test";
import { ProviderError } from "../../src/core/errors.ts";
import { withRetries } from "../../src/inference/retry.ts";
import { faultOf, testClock } from "./support.ts";

const passing = (data: Record<string, unknown> = {}) =>
  new ProviderError("busy", { code: "server-error", retryable: true, data });

function failing(times: number, fault: Error) {
  let calls = 0;
  return {
    calls: () => calls,
    attempt: async () => {
      calls += 1;
      if (calls <= times) throw fault;
      return "done";
    },
  };
}

describe("withRetries", () => {
  test("tries again after a retryable fault, waiting longer each time", async () => {
    const clock = testClock();
    const work = failing(2, passing());
    expect(await withRetries(work.attempt, { clock, random: () => 0.5 })).toBe("done");
    expect(clock.slept).toEqual([500, 1000]);
  });

  test("throws the last fault after three attempts", async () => {
    const work = failing(9, passing());
    expect((await faultOf(withRetries(work.attempt, { clock: testClock() }))).code).toBe("server-error");
    expect(work.calls()).toBe(3);
  });

  test("does not try again after a fault that will not pass", async () => {
    const work = failing(1, new ProviderError("no", { code: "refused" }));
    await faultOf(withRetries(work.attempt, { clock: testClock() }));
    expect(work.calls()).toBe(1);
  });

  test("never tries again after a cancel, whatever the fault says of itself", async () => {
    const work = failing(1, new ProviderError("stop", { code: "cancelled", retryable: true }));
    await faultOf(withRetries(work.attempt, { clock: testClock() }));
    expect(work.calls()).toBe(1);
  });

  test("does not try again once the caller may not", async () => {
    const work = failing(1, passing());
    await faultOf(withRetries(work.attempt, { clock: testClock(), mayRetry: () => false }));
    expect(work.calls()).toBe(1);
  });

  test("spreads the delays, so that calls that failed together do not come back together", async () => {
    const delays = async (random: () => number): Promise<number[]> => {
      const clock = testClock();
      await withRetries(failing(2, passing()).attempt, { clock, random });
      return clock.slept;
    };
    expect(await delays(() => 0)).toEqual([375, 750]);
    expect(await delays(() => 0.999)).toEqual([625, 1250]);
    const drawn = new Set<number>();
    for (let call = 0; call < 20; call += 1) {
      const clock = testClock();
      await withRetries(failing(1, passing()).attempt, { clock });
      drawn.add(clock.slept[0] as number);
    }
    expect(drawn.size).toBeGreaterThan(1);
  });

  test("waits as long as the fault asks, never less", async () => {
    for (const random of [0, 0.5, 0.999]) {
      const clock = testClock();
      await withRetries(failing(1, passing({ retryAfterMs: 7000 })).attempt, { clock, random: () => random });
      expect(clock.slept[0]).toBeGreaterThanOrEqual(7000);
      expect(clock.slept[0]).toBeLessThanOrEqual(7700);
    }
  });

  test("does not wait for more than five minutes", async () => {
    const clock = testClock();
    const work = failing(1, passing({ retryAfterMs: 300_001 }));
    expect((await faultOf(withRetries(work.attempt, { clock }))).data.retryAfterMs).toBe(300_001);
    expect([clock.slept, work.calls()]).toEqual([[], 1]);
  });

  test("lets a bug through at once", async () => {
    const work = failing(1, new TypeError("bug"));
    expect(withRetries(work.attempt, { clock: testClock() })).rejects.toBeInstanceOf(TypeError);
    expect(work.calls()).toBe(1);
  });
});
