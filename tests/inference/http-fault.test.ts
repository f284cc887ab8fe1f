/** What a server's error answers become. */
import { describe, expect, test } from "bun:test";
import { type FaultContext, httpFault, readRetryAfter } from "../../src/inference/http-fault.ts";

const context: FaultContext = { modelName: "x:m", server: "http://h", startHint: "", modelHint: "", accessHint: "" };

describe("readRetryAfter", () => {
  test.each([
    [{ retryAfter: "3" }, 3000],
    [{ retryAfter: "0.25" }, 250],
    [{ retryAfter: "3", retryAfterMs: "120" }, 120],
    [{ retryAfter: "Sat, 21 Nov 2026 12:00:09 GMT", date: "Sat, 21 Nov 2026 12:00:02 GMT" }, 7000],
    [{ retryAfter: "Sat, 21 Nov 2026 12:00:01 GMT", date: "Sat, 21 Nov 2026 12:00:02 GMT" }, 0],
  ])("reads %j", (headers, expected) => {
    expect(readRetryAfter(headers)).toBe(expected);
  });

  test.each([{}, { retryAfter: "" }, { retryAfter: "soon" }, { retryAfter: "-1" }, { retryAfter: null }])(
    "takes %j for no answer",
    (headers) => {
      expect(readRetryAfter(headers)).toBeUndefined();
    },
  );
});

test("an overloaded server's own delay is kept as a rate limit's is", () => {
  const fault = httpFault({ status: 529, message: "Overloaded", retryAfter: "8" }, context);
  expect([fault.code, fault.retryable, fault.data.retryAfterMs]).toEqual(["server-error", true, 8000]);
});
