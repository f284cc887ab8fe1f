/** The parts of a comparison that need no runs: what differs, and the picture. */
import { describe, expect, test } from "bun:test";
import type { RunComparison, RunDetails } from "../../src/app/compare/compare.ts";
import { differingSettings } from "../../src/app/compare/differing-settings.ts";
import { checkPlotPath, comparisonSvg } from "../../src/app/compare/draw.ts";
import { compareRuns } from "../../src/metrics/comparison.ts";
import { runFigures } from "../../src/metrics/run-figures.ts";
import { someRun } from "../store/support.ts";

describe("what differs between runs", () => {
  const run = someRun();
  const other = {
    ...run,
    model: { ...run.model, name: "ollama:x" },
    settings: { ...run.settings, model: "ollama:x", seeds: [8], sampling: { temperature: 0.5, maxTokens: 64 } },
  };

  test("is named by its path, with the value of each run", () => {
    const scaffold = "base 1.0.0";
    expect(
      differingSettings([
        { record: run, scaffold },
        { record: other, scaffold },
      ]),
    ).toEqual([
      { name: "model.name", values: ["scripted:test", "ollama:x"] },
      { name: "sampling.temperature", values: ["0", "0.5"] },
    ]);
  });

  test("is nothing between equal runs, whatever their seeds", () => {
    const same = { ...run, settings: { ...run.settings, seeds: [9] } };
    expect(
      differingSettings([
        { record: run, scaffold: "a" },
        { record: same, scaffold: "a" },
      ]),
    ).toEqual([]);
  });

  test("tells a setting that only one run has", () => {
    const limited = { ...run, settings: { ...run.settings, maxSteps: 5 } };
    expect(
      differingSettings([
        { record: run, scaffold: "a" },
        { record: limited, scaffold: "a" },
      ]),
    ).toEqual([{ name: "maxSteps", values: [undefined, "5"] }]);
  });
});

describe("the picture", () => {
  const episodes = (values: (number | undefined)[]) =>
    values.flatMap((progress, seed) => ["easy", "hard"].map((task) => ({ task, seed, progress })));
  const details = (name: string): RunDetails => ({
    name,
    created: "2026-01-01T00:00:00.000Z",
    game: "toy 1.0.0",
    model: "m",
    scaffold: "base 0.1.0",
    planned: 6,
    finished: 6,
    failed: 0,
    withoutFigures: 0,
    figures: { ...runFigures([]), writeSearchRatio: 1.25, steps: 10, promptTokens: 12_340 },
    times: { steps: 10, modelSeconds: 5, gameSeconds: 1, harnessSeconds: 0 },
  });
  const comparison: RunComparison = {
    ...compareRuns([
      { name: "run-one", episodes: episodes([0.1, 0.2, 0.6]) },
      { name: "run-<two>", episodes: episodes([0.5, undefined, 0.4]) },
    ]),
    details: [details("run-one"), details("run-<two>")],
    settings: [],
  };

  test("shows runs, tasks, missing episodes, differences and figures, and is the same each time", async () => {
    const svg = await comparisonSvg(comparison);
    expect(svg).toStartWith("<svg");
    for (const text of ["run-one", "run-&lt;two&gt;", "easy", "hard", "Paired difference", "1.25", "1,234", "0.6"])
      expect(svg).toContain(text);
    expect(svg).toContain("MISSING in run-&lt;two&gt;: 2 of 6 episodes");
    expect(svg).toContain("4 pairs (2 missing)");
    expect(svg).not.toContain("undefined");
    expect(svg).not.toContain("NaN");
    expect(await comparisonSvg(comparison)).toBe(svg);
  });

  test("is drawn when no episode is finished, too", async () => {
    const none = compareRuns([
      { name: "run-one", episodes: episodes([undefined]) },
      { name: "run-<two>", episodes: episodes([undefined]) },
    ]);
    const svg = await comparisonSvg({ ...comparison, ...none });
    expect(svg).toContain("MISSING in run-one: 2 of 2");
    expect(svg).not.toContain("NaN");
  });

  test("goes into a file whose name ends in .svg, and says so otherwise", () => {
    expect(() => checkPlotPath("a/b.SVG")).not.toThrow();
    expect(() => checkPlotPath("b.png")).toThrow("ends in .svg");
  });
});
