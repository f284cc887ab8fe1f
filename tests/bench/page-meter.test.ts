/** What the meter of the page's bench works out by itself; what it reads off a real Chromium is in page-meter.slow.test.ts. */
import { expect, test } from "bun:test";
import { listAddresses } from "./page-lists.ts";
import { lagsOf } from "./page-meter.ts";

test("a lag runs from the last moment at which a step came to be wanted until its text stood there; what was passed over has none", () => {
  const wanted = [
    { step: 1, time: 0 },
    { step: 2, time: 10 },
    { step: 3, time: 20 },
    { step: 2, time: 30 },
  ];
  const shown = [
    { step: 1, time: 4 },
    { step: 3, time: 27 },
    { step: 2, time: 90 },
    { step: 7, time: 95 },
  ];
  expect(lagsOf(wanted, shown)).toEqual([4, 7, 60]);
  expect(lagsOf(wanted, [])).toEqual([]);
  expect(lagsOf([{ step: 5, time: 50 }], [{ step: 5, time: 49 }])).toEqual([]);
});

test("lists know how many rows stand there, whatever the store was made of", () => {
  const rows = (runs: number) => listAddresses(runs).map((list) => list.rows);
  expect(rows(1)).toEqual([1, 1, 1, -1, -1, -1]);
  expect(rows(1000)).toEqual([50, 50, 50, -1, -1, -1]);
  expect(rows(50)).toEqual([50, 50, 8, -1, -1, -1]);
});
