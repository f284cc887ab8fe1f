import { expect, test } from "bun:test";
import fc from "fast-check";
import { inParts } from "../../src/store/in-parts.ts";

test("results stand in the order of the items, and never more are worked on than asked for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), async (items, atOnce) => {
      let working = 0;
      const results = await inParts(items, atOnce, async (item) => {
        working += 1;
        expect(working).toBeLessThanOrEqual(atOnce);
        for (let turn = 0; turn < item % 4; turn += 1) await Promise.resolve();
        working -= 1;
        return item + 1;
      });
      expect(results).toEqual(items.map((item) => item + 1));
    }),
  );
});

test("what one work throws is thrown, and the parts after it are not begun", async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 1) throw new Error("of one");
  };
  await expect(inParts([0, 1, 2, 3], 2, work)).rejects.toThrow("of one");
  expect(begun).toEqual([0, 1]);
});
