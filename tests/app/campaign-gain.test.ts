import { describe, expect, test } from "bun:test";
import { gainOf, gainText } from "../../src/app/campaign-gain.ts";

const report = { difference: 0.267, low: 0.067, high: 0.467, pairs: 10 };
const confirmed = { estimate: 0.389, interval: [0.173, 0.605] as const, pairs: 12 };

describe("what a campaign won", () => {
  test("is the figure of the report seeds where they were opened", () => {
    const gain = gainOf(report, confirmed);
    expect(gain).toEqual({ seeds: "report", difference: 0.267, low: 0.067, high: 0.467, pairs: 10 });
    expect(gainText(gain)).toBe("+26.7 (+6.7 to +46.7)");
  });

  test("is else that of the confirm seeds", () => {
    for (const none of [undefined, { ...report, low: undefined }]) {
      expect(gainOf(none, confirmed)).toEqual({
        seeds: "confirm",
        ...{ difference: 0.389, low: 0.173, high: 0.605, pairs: 12 },
      });
    }
  });

  test("is nothing without an interval", () => {
    expect(gainOf(undefined, { ...confirmed, interval: undefined })).toBeUndefined();
    expect(gainOf(undefined, undefined)).toBeUndefined();
    expect(gainText(undefined)).toBe("-");
  });
});
