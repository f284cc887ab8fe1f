/**
 * What a browser may fetch for a view while it still loads and runs the page's own program: the first answers that a list or an episode asks for, and the
 * files of a view that are loaded later (page/later.tsx). Told in the header `Link` of the page (RFC 8288; HTML, "preload" and "modulepreload"), so that
 * nothing is waited for twice. Pure.
 */
import type { FileMap } from "../app/first-party.ts";
import { episodeQuestions } from "./episode-address.ts";
import { episodeQueryParts, queryText, runQueryParts } from "./list-address.ts";

interface Opening {
  /** Addresses of the first answers. */
  questions?: readonly string[];
  /** Name of the view's file below page/views. */
  view?: string;
}

/** Gives the value of `Link` for the page at an address; `undefined` if there is nothing to fetch early. `files` are the page's. */
export function pageLinks(files: FileMap): (address: URL) => string | undefined {
  const known = new Map<string, string[]>();
  return (address) => {
    const { questions = [], view } = openingOf(address);
    // As `fetch` asks: a preload of another mode would be fetched, and then not used.
    const answers = questions.map((question) => `<${question}>; rel=preload; as=fetch; crossorigin`);
    if (view !== undefined && !known.has(view)) known.set(view, modulesOf(view, files));
    const modules = view === undefined ? [] : known.get(view)!;
    // Files first: they take no time to serve, and browsers ask for six things of a server at a time.
    const links = [...modules.map((name) => `</${name}>; rel=modulepreload; crossorigin`), ...answers];
    return links.length === 0 ? undefined : links.join(", ");
  };
}

/** As the routes of page/page.tsx. */
function openingOf(address: URL): Opening {
  const { pathname, searchParams } = address;
  const [first = "runs", second, third, ...rest] = pathname.split("/").filter((part) => part !== "");
  if (rest.length > 0) return {};
  const query = Object.fromEntries(searchParams);
  if (first === "runs" && second === undefined) return { questions: [`/api/runs${queryText(query, runQueryParts)}`] };
  if (first === "runs" && third !== undefined) return { questions: episodeQuestions(address), view: "episode" };
  if (first === "runs" && second !== undefined) {
    // What needs quoting in a path is no name of a run.
    if (!/^[\w.-]+$/.test(second)) return {};
    return { questions: [`/api/runs/${second}${queryText(query, episodeQueryParts)}`] };
  }
  if (third !== undefined) return {};
  if (first === "campaigns") return second === undefined ? { questions: ["/api/campaigns"] } : { view: "campaign" };
  if (first === "datasets" || first === "adapters") return second === undefined ? {} : { view: first.slice(0, -1) };
  return ["start", "training", "compare", "side", "plugins"].includes(first) && second === undefined
    ? { view: first }
    : {};
}

/** The files of a view: its own, and those that it imports. */
function modulesOf(view: string, files: FileMap): string[] {
  const own = [...files.keys()].find((name) => name.startsWith(`${view}-`) && name.endsWith(".js"));
  const found = new Set<string>();
  const wanted = own === undefined ? [] : [own];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = new TextDecoder().decode(files.get(name));
    for (const [, imported = ""] of text.matchAll(/(?:from|import)\s*"\/([\w.-]+\.js)"/g)) {
      if (files.has(imported)) wanted.push(imported);
    }
  }
  return [...found];
}
