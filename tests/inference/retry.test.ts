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
    expect(await withRetries(work.attempt, { clock })).toBe("done");
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

  test("waits as long as the fault asks, but not for ever", async () => {
    const clock = testClock();
    await withRetries(failing(1, passing({ retryAfterMs: 7000 })).attempt, { clock });
    await withRetries(failing(1, passing({ retryAfterMs: 9_000_000 })).attempt, { clock });
    expect(clock.slept).toEqual([7000, 30_000]);
  });

  test("lets a bug through at once", async () => {
    const work = failing(1, new TypeError("bug"));
    expect(withRetries(work.attempt, { clock: testClock() })).rejects.toBeInstanceOf(TypeError);
    expect(work.calls()).toBe(1);
  });
});
