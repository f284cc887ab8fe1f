/** A uPlot that fits its place, is drawn anew when its content or the theme changes, and goes away with it. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";
import { coloursOf, type PlotColours, useThemeChanges } from "./plot-colours.ts";

/** `optionsOf` is asked with the colours of the theme and the width there is. `shape` says when it must be asked again. */
export function Plot({
  shape,
  data,
  optionsOf,
  label,
}: {
  shape: string;
  data: uPlot.AlignedData;
  optionsOf: (colours: PlotColours, width: number) => uPlot.Options;
  label: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useThemeChanges();
  useEffect(() => {
    const at = place.current;
    if (at === null) return undefined;
    const drawn = new uPlot(optionsOf(coloursOf(at), at.clientWidth), data, at);
    const resized = new ResizeObserver(() => drawn.setSize({ width: at.clientWidth, height: drawn.height }));
    resized.observe(at);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [shape, theme]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}
