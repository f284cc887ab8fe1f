/** How a campaign went: what was spent by when, on what, and how what was tried scored. Out of its log and records; nothing is played. */
import * as v from "valibot";
import { Spending, type Spent } from "../../campaign/spending.ts";
import { intervalMethod, type MeanScore, progression } from "../../metrics/progression.ts";
import type { CampaignLogView } from "../../store/campaign-log.ts";

/** Something that was tried, when it was judged. */
export interface CoursePoint {
  /** Of the revision, or of the trial's configuration. */
  key: string;
  /** In the whole campaign, when it was judged. */
  spent: Spent;
  /** On the select seeds. */
  score: MeanScore;
  outcome: string;
}

/** From here on this was what had to be beaten. */
export interface Standing {
  key: string;
  spent: Spent;
  score: MeanScore;
}

export interface Course {
  /** In the order in which they were judged. */
  tried: CoursePoint[];
  /** The first is what the campaign began with; empty while that is not played. */
  accepted: Standing[];
  /** By revision or trial, in order; `start`, `collection` and `report` are what belongs to none. */
  costs: { part: string; spent: Spent }[];
  total: Spent;
  /** How the intervals were made. */
  intervals: string;
}

export interface SpendingCourse {
  /** In the whole campaign up to a line of its log and with it. */
  until(name: string): Spent;
  costs: Course["costs"];
  total: Spent;
}

/**
 * Goes through a log. `partOf`: whom a line and those after it belong to; `undefined` changes nothing. `spentIn`: what a line says that was spent;
 * `undefined` for one that says nothing.
 */
export async function spendingCourse(
  log: CampaignLogView,
  first: string,
  partOf: (name: string) => string | undefined,
  spentIn: (name: string) => Promise<Spent | undefined>,
): Promise<SpendingCourse> {
  const all = new Spending({});
  const parts = new Map<string, Spending>();
  const until = new Map<string, Spent>();
  let part = first;
  for (const name of log.names()) {
    part = partOf(name) ?? part;
    const spent = await spentIn(name);
    if (spent !== undefined) {
      all.add(spent);
      const own = parts.get(part) ?? new Spending({});
      own.add(spent);
      parts.set(part, own);
    }
    until.set(name, all.total());
  }
  return {
    until: (name) => until.get(name) ?? all.total(),
    costs: [...parts].map(([part, spending]) => ({ part, spent: spending.total() })),
    total: all.total(),
  };
}

/** As `progression` has it over all tasks. */
export function scoreOf(episodes: readonly { task: string; progress?: number | undefined }[]): MeanScore {
  const { mean, low, high, count, missing } = progression(episodes.map(({ task, progress }) => ({ task, progress })));
  return { mean, low, high, count, missing };
}

export const courseIntervals = intervalMethod;

const Played = v.object({ episodes: v.array(v.object({ task: v.string(), progress: v.optional(v.number()) })) });

/** What a player made of the select seeds, and the line that says so; `undefined` while it is not played. */
export async function playedOnSelect(
  log: CampaignLogView,
  player: string,
): Promise<{ name: string; score: MeanScore } | undefined> {
  const start = `play/select/${player.slice(0, 16)}/`;
  const lines = log.names().filter((name) => name.startsWith(start) && !name.endsWith("/run"));
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const episodes: v.InferOutput<typeof Played>["episodes"] = [];
  for (const name of lines) episodes.push(...((await log.get(name, Played))?.episodes ?? []));
  return { name: last, score: scoreOf(episodes) };
}
