/** The course of a campaign as columns of a plot. Pure. */
import type { InferResponseType } from "hono/client";
import type uPlot from "uplot";
import { amount, duration } from "../../../app/units.ts";
import type { api } from "../client.ts";

type Answer = InferResponseType<(typeof api.campaigns)[":campaign"]["$get"], 200>;
export type CourseAnswer = Answer["course"];
export type SpentAnswer = CourseAnswer["total"];

/** What a course can be drawn over. */
export const measures = {
  episodes: { title: "episodes played", short: "episodes", of: (spent: SpentAnswer) => spent.episodes, textOf: amount },
  tokens: { title: "tokens", short: "tokens", of: (spent: SpentAnswer) => spent.tokens, textOf: amount },
  time: {
    title: "time worked",
    short: "time",
    of: (spent: SpentAnswer) => spent.seconds,
    textOf: (seconds: number) => duration(1000 * seconds),
  },
} as const;
export type Measure = keyof typeof measures;

/** Where it stands, what had to be beaten, and the ends of its interval; drawn as stairs up to the end of what was spent. */
export function drawnCourse(course: CourseAnswer, measure: Measure): { data: uPlot.AlignedData; shape: string } {
  const { of } = measures[measure];
  const standing = course.accepted.map(({ spent, score }) => ({ at: of(spent), ...score }));
  const last = standing.at(-1);
  const end = Math.max(of(course.total), ...course.tried.map(({ spent }) => of(spent)));
  const points = last === undefined ? [] : [...standing, { ...last, at: end }];
  const column = (pick: (point: (typeof points)[number]) => number | undefined) =>
    points.map((point) => pick(point) ?? null);
  const data = [
    points.map(({ at }) => at),
    column(({ mean }) => mean),
    column(({ low }) => low),
    column(({ high }) => high),
  ] as uPlot.AlignedData;
  return { data, shape: JSON.stringify([measure, data, course.tried]) };
}
