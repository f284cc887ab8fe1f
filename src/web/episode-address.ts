/** What an episode's view asks for first, as the page and the server write it alike. Pure. */

/** Points of a whole time line. */
export const timelinePoints = 1_000;

/** Names of runs and episodes that stand in a path as they are. */
const plain = /^[\w.-]+$/;

/** The step that an address leads to. */
export function stepIn(text: string | null | undefined): number {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : 0;
}

/** Of the path of an episode's view; `undefined` for any other, and for names that need quoting. */
export function episodeIn(pathname: string): { run: string; episode: string } | undefined {
  const [, first, run = "", episode = "", ...rest] = pathname.split("/");
  if (first !== "runs" || rest.length > 0 || !plain.test(run) || !plain.test(episode)) return undefined;
  return { run, episode };
}

/** Addresses of what the view asks for first, in the order in which it needs them. */
export function episodeQuestions({ pathname, searchParams }: URL): string[] {
  const place = episodeIn(pathname);
  if (place === undefined) return [];
  const api = `/api/runs/${place.run}/episodes/${place.episode}`;
  return [api, `${api}/steps/${stepIn(searchParams.get("step"))}`, `${api}/timeline?from=0&points=${timelinePoints}`];
}
