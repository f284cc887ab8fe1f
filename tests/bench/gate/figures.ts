/** The figures of docs/gate.md, drawn by Vega-Lite as `automem compare --plot` draws. */
import { join } from "node:path";
import type { TopLevelSpec } from "vega-lite";
import { writeOutput } from "../../../src/app/output-file.ts";
import type { CampaignFigures, EqualPower, Share } from "./study.ts";

export interface Study {
  alpha: number;
  nulls: readonly { world: string; gate: string; figures: CampaignFigures }[];
  looks: readonly { world: string; gate: string; gain: number; accepted: Share; pairs: number }[];
  mixes: readonly (EqualPower & { world: string; gain: number })[];
}

/** Told apart with any colour vision (Okabe and Ito). */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999", "#7f5f00"];

/** Writes three SVG files into the folder; returns their paths. */
export async function drawFigures(folder: string, study: Study): Promise<string[]> {
  const drawn: string[] = [];
  for (const [name, spec] of Object.entries({
    "gate-false-accepts": falseAccepts(study),
    "gate-power": power(study),
    "gate-cost": cost(study),
  })) {
    const path = join(folder, `${name}.svg`);
    await writeOutput(path, await svgOf(spec as unknown as TopLevelSpec));
    drawn.push(path);
  }
  return drawn;
}

function falseAccepts({ nulls, alpha }: Study): object {
  const values = nulls.map(({ world, gate, figures: { falseAccepts: of } }) => ({
    world,
    gate,
    share: Math.max(0.05, 100 * of.share),
    low: Math.max(0.05, 100 * of.low),
    high: 100 * of.high,
  }));
  const across = (field: string) => ({
    field,
    type: "quantitative",
    scale: { type: "log", domain: [0.05, 100] },
    axis: { title: "campaigns with a false accept, % (log scale)", values: [0.1, 0.5, 1, 5, 20, 100], grid: true },
  });
  const y = { field: "gate", type: "nominal", sort: null, axis: { title: null } };
  return {
    ...common(
      "No candidate is better",
      "95 % intervals; the line is what a campaign may spend; at the left edge: none seen",
    ),
    data: { values },
    facet: { field: "world", type: "nominal", sort: null, title: null },
    columns: 2,
    spec: {
      width: 300,
      height: { step: 18 },
      layer: [
        {
          mark: { type: "rule", color: "#d55e00", strokeDash: [4, 3] },
          encoding: { x: { datum: 100 * alpha, type: "quantitative", scale: { type: "log" } } },
        },
        { mark: { type: "rule", strokeWidth: 2 }, encoding: { y, x: across("low"), x2: { field: "high" } } },
        { mark: { type: "point", filled: true, size: 50, opacity: 1 }, encoding: { y, x: across("share") } },
      ],
    },
  };
}

function power({ looks }: Study): object {
  const values = looks.map(({ world, gate, gain, accepted, pairs }) => ({
    world,
    gate,
    gain: `gain ${100 * gain} points`,
    accepted: 100 * accepted.share,
    pairs,
  }));
  return {
    ...common("One test: how often a true gain is accepted, and what it takes", "up and to the left is better"),
    data: { values },
    facet: {
      row: { field: "world", type: "nominal", sort: null, title: null },
      column: { field: "gain", type: "nominal", sort: [...new Set(values.map(({ gain }) => gain))], title: null },
    },
    spec: {
      width: 220,
      height: 150,
      mark: { type: "point", filled: true, size: 80, opacity: 1 },
      encoding: {
        x: { field: "pairs", type: "quantitative", scale: { domain: [0, 62] }, axis: { title: "mean pairs" } },
        y: { field: "accepted", type: "quantitative", scale: { domain: [0, 100] }, axis: { title: "accepted, %" } },
        color: colourBy("gate", [...new Set(values.map(({ gate }) => gate))]),
        shape: { field: "gate", type: "nominal", sort: null, legend: null },
      },
    },
  };
}

function cost({ mixes }: Study): object {
  const names = ["the gate", "fixed t-test that accepts as many"];
  const values = mixes.flatMap(({ world, gain, gate, fixed }) => [
    { world, gain: `${100 * gain} points`, test: names[0], episodes: gate.confirmEpisodes },
    { world, gain: `${100 * gain} points`, test: names[1], episodes: fixed.confirmEpisodes },
  ]);
  return {
    ...common("Confirm episodes of a campaign, by true gain", "for each task; one candidate of five is truly better"),
    data: { values },
    facet: { field: "world", type: "nominal", sort: null, title: null },
    columns: 2,
    spec: {
      width: 300,
      height: { step: 16 },
      mark: { type: "bar" },
      encoding: {
        y: { field: "gain", type: "nominal", sort: null, axis: { title: null } },
        yOffset: { field: "test", type: "nominal", sort: null },
        x: { field: "episodes", type: "quantitative", axis: { title: "confirm episodes" } },
        color: colourBy("test", names as string[]),
      },
    },
  };
}

function colourBy(field: string, names: readonly string[]): object {
  const range = names.map((_, index) => colours[index % colours.length]);
  return {
    field,
    type: "nominal",
    sort: null,
    scale: { domain: names, range },
    legend: { title: null, orient: "top", labelLimit: 400, columns: 3 },
  };
}

function common(text: string, subtitle: string): object {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text, subtitle, anchor: "start", frame: "group", fontSize: 16, subtitlePadding: 6 },
    background: "white",
    padding: 16,
    config: { font: "DejaVu Sans, Arial, sans-serif", view: { stroke: "#ccc" }, axis: { labelLimit: 260 } },
  };
}

async function svgOf(unit: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec } = compile(unit, { logger: vega.logger(vega.Error) });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
