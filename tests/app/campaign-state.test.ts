import { expect, test } from "bun:test";
import { campaignState, isOpen } from "../../src/app/campaign-state.ts";

test("a campaign that nobody works on is not under way, and can go on", () => {
  expect([
    campaignState(undefined, 17),
    campaignState(undefined, undefined),
    campaignState("futile", undefined),
  ]).toEqual(["under way", "stopped", "futile"]);
  expect(["under way", "stopped", "futile"].map(isOpen)).toEqual([true, true, false]);
});
