/** A uPlot that fits its place, is drawn anew when its content or the theme changes, and goes away with it. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";

export interface PlotColours {
  text: string;
  faint: string;
  line: string;
  accent: string;
  good: string;
  bad: string;
  ground: string;
}

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
  useEffect(() => {
    const at = place.current;
    if (at === null) return undefined;
    let drawn: uPlot | undefined;
    const draw = () => {
      drawn?.destroy();
      drawn = new uPlot(optionsOf(coloursOf(at), at.clientWidth), data, at);
    };
    draw();
    const resized = new ResizeObserver(() => drawn?.setSize({ width: at.clientWidth, height: drawn.height }));
    resized.observe(at);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener("change", draw);
      drawn?.destroy();
    };
  }, [shape]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}

/** A canvas knows no `light-dark`: what the theme comes to is asked of an element that has the colour. */
function coloursOf(at: HTMLElement): PlotColours {
  const probe = at.appendChild(document.createElement("span"));
  const of = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: of("text"),
    faint: of("faint"),
    line: of("line"),
    accent: of("accent"),
    good: of("good"),
    bad: of("bad"),
    ground: of("ground"),
  };
  probe.remove();
  return colours;
}
