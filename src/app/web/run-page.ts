/** Runs as a table of a page shows them: filtered, sorted, a part at a time, each with the scores of its episodes for a small picture. */
import { meanScore } from "../../metrics/progression.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import type { RunRow } from "../runs.ts";
import { listRuns } from "../runs.ts";
import { scaffoldNames } from "../scaffold-names.ts";
import { pageOf, type RunFilter, type RunLine, type RunPage, type RunState } from "./run-filter.ts";

const mostPoints = 120;

export async function runPage(app: App, filter: RunFilter): Promise<RunPage> {
  const store = await app.store();
  const rows = await listRuns(app);
  const names = await scaffoldNames(
    app,
    rows.map(({ scaffold }) => scaffold),
  );
  const lines = rows.map((row) => ({ ...row, state: stateOf(store, row), scaffoldName: names.get(row.scaffold) }));
  const page = pageOf(lines, filter);
  const scores = await store.catalogue.scoresOf(page.runs.map(({ id }) => id));
  return { ...page, runs: page.runs.map((line) => ({ ...line, ...scoreParts(scores.get(line.id) ?? []) })) };
}

function scoreParts(scores: readonly number[]): Pick<RunLine, "scores" | "range"> {
  const { low, high } = meanScore(scores.map((progress) => ({ progress })));
  return { scores: drawn(scores), range: low === undefined || high === undefined ? null : [low, high] };
}

/** More points than a small picture has places become means of as many neighbours each. */
export function drawn(scores: readonly number[]): number[] {
  const each = Math.ceil(scores.length / mostPoints);
  return Array.from({ length: Math.ceil(scores.length / (each || 1)) }, (_, point) => {
    const part = scores.slice(point * each, (point + 1) * each);
    return part.reduce((sum, score) => sum + score, 0) / part.length;
  });
}

function stateOf(store: Store, { id, problem, planned, finished }: RunRow): RunState {
  if (problem !== null) return "unreadable";
  if (finished === planned) return "finished";
  return store.runs.folder(id).holder() === undefined ? "stopped" : "under way";
}
