import { expect, test } from "bun:test";
import fc from "fast-check";
import { lossPlot } from "../../../src/cli/train/loss-plot.ts";

test("a falling loss falls from full to a line", () => {
  expect(lossPlot([8, 7, 6, 5, 4, 3, 2, 1])).toBe("█▇▆▅▄▃▂▁");
});

test("nothing to draw is nothing, and a loss that stays is a line", () => {
  expect(lossPlot([])).toBe("");
  expect(lossPlot([2, 2, 2])).toBe("▁▁▁");
});

test("there is a bar for each step, or as many as fit", () => {
  const losses = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 80 }), (values, width) => {
      const plot = lossPlot(values, width);
      expect([...plot]).toHaveLength(Math.min(values.length, width));
      expect(plot).toMatch(/^[▁▂▃▄▅▆▇█]+$/);
    }),
  );
});
