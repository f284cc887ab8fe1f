/** What stands above every view: where one can go, and light or dark. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { source } from "../source.ts";

const places = [
  { path: "/runs", title: "Runs" },
  { path: "/campaigns", title: "Campaigns" },
  { path: "/training", title: "Training" },
  { path: "/start", title: "Start" },
  { path: "/plugins", title: "Plugins and models" },
] as const;

/** In a copy nothing can be begun, and one of a few runs has nothing of what is installed. */
function isPresent(path: string): boolean {
  const { copy } = source();
  return copy === undefined || (path !== "/start" && (copy.whole || path !== "/plugins"));
}

export function Bar() {
  const { path } = useLocation();
  return (
    <header class="bar">
      <a class="brand" href="/">
        automem
      </a>
      <nav aria-label="Views">
        {places
          .filter(({ path: view }) => isPresent(view))
          .map((place) => (
            <a key={place.path} href={place.path} aria-current={isHere(path, place.path) ? "page" : undefined}>
              {place.title}
            </a>
          ))}
      </nav>
      <span class="spacer" />
      <ThemeChoice />
    </header>
  );
}

function isHere(path: string, place: string): boolean {
  return path.startsWith(place) || (path === "/" && place === "/runs");
}

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const choose = (chosen: Theme) => {
    localStorage.setItem("theme", chosen);
    show(chosen);
    setTheme(chosen);
  };
  return (
    <label>
      <span class="faint">Theme </span>
      <select value={theme} onChange={(event) => choose(event.currentTarget.value as Theme)}>
        {themes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function keptTheme(): Theme {
  const kept = themes.find((theme) => theme === localStorage.getItem("theme")) ?? "system";
  show(kept);
  return kept;
}

function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
