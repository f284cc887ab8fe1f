/** The theme's colours for what is drawn on a canvas, and when they change. */
import { useEffect, useState } from "preact/hooks";

export interface PlotColours {
  text: string;
  faint: string;
  line: string;
  accent: string;
  good: string;
  bad: string;
  ground: string;
}

/** A canvas knows no `light-dark`: what the theme comes to is asked of an element that has the colour. */
export function coloursOf(at: HTMLElement): PlotColours {
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

/** Another number whenever the theme changed, by choice or with the system: what is drawn must be drawn anew. */
export function useThemeChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((before) => before + 1);
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    return () => {
      chosen.disconnect();
      system.removeEventListener("change", changed);
    };
  }, []);
  return changes;
}
