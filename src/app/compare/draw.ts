/** Draws a comparison with Vega (https://vega.github.io), which needs no browser. Loaded only when something is drawn. */
import { ConfigError } from "../../core/errors.ts";
import { writeOutput } from "../output-file.ts";
import type { RunComparison } from "./compare.ts";
import { plotSpec } from "./plot-spec.ts";

/** The picture as SVG. The same comparison gives the same text. */
export async function comparisonSvg(comparison: RunComparison): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec } = compile(plotSpec(comparison), { logger: vega.logger(vega.Error) });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Writes the picture; `path` ends in `.svg`. Throws `ConfigError`: `plot-format`, `output-path`. */
export async function drawComparison(comparison: RunComparison, path: string): Promise<void> {
  checkPlotPath(path);
  await writeOutput(path, await comparisonSvg(comparison));
}

/** Throws `ConfigError` `plot-format`. */
export function checkPlotPath(path: string): void {
  if (path.toLowerCase().endsWith(".svg")) return;
  throw new ConfigError(
    `--plot draws SVG: name a file that ends in .svg, not "${path}". Any browser opens it; rsvg-convert makes a PNG of it.`,
    { code: "plot-format" },
  );
}
