/**
 * What an episode's view will ask for, asked for before the view is there: its program may have to be loaded first, and each of its parts learns of
 * the others' answers what to ask. The server tells browsers to fetch the same even before (../openings.ts). Whoever asks for it within a moment is
 * given what is on its way.
 */
import type { InferResponseType } from "hono/client";
import { episodeIn, stepIn, timelinePoints } from "../episode-address.ts";
import { answerOf, api } from "./client.ts";
import { askForStep, type EpisodePlace, holdStep } from "./held-steps.ts";
import type { TimelineAnswer } from "./parts/lanes.ts";

const episodes = api.runs[":run"].episodes[":episode"];
export type EpisodeAnswer = InferResponseType<typeof episodes.$get, 200>;

/** What was asked for longer ago may be another by now. */
const freshMs = 5_000;

interface Ahead {
  name: string;
  askedMs: number;
  summary: Promise<EpisodeAnswer> | undefined;
  timeline: Promise<TimelineAnswer> | undefined;
}

/** The last episode that was gone to. */
let ahead: Ahead | undefined;

/** Where the address is an episode's. To be called when the page begins. */
export function askAheadFor({ pathname, search }: Pick<Location, "pathname" | "search">): void {
  const place = episodeIn(pathname);
  if (place !== undefined) askAhead(place, stepIn(new URLSearchParams(search).get("step")));
}

/** Asks for the episode, its whole time line and a step, unless that was done a moment ago. */
export function askAhead(place: EpisodePlace, step: number): void {
  const name = nameOf(place);
  if (ahead?.name === name && isFresh(ahead)) return;
  const summary = askSummary(place);
  const asked = askForStep(place, step);
  const timeline = askTimeline(place);
  ahead = { name, askedMs: performance.now(), summary, timeline };
  // More may come to a step of an episode under way.
  summary.then(({ end }) => end !== undefined && holdStep(place, step, asked)).catch(() => undefined);
  // Whoever takes an answer is told why there is none.
  for (const one of [asked.loading, timeline]) one.catch(() => undefined);
}

/** What the episode is: from what was asked ahead, once, or now. */
export function summaryOf(place: EpisodePlace): Promise<EpisodeAnswer> {
  const taken = ofPlace(place)?.summary;
  if (ahead !== undefined && taken !== undefined) ahead.summary = undefined;
  return taken ?? askSummary(place);
}

/** The whole time line that was asked for ahead, once. */
export function timelineAhead(place: EpisodePlace): Promise<TimelineAnswer> | undefined {
  const taken = ofPlace(place)?.timeline;
  if (ahead !== undefined && taken !== undefined) ahead.timeline = undefined;
  return taken;
}

function ofPlace(place: EpisodePlace): Ahead | undefined {
  return ahead?.name === nameOf(place) && isFresh(ahead) ? ahead : undefined;
}

function isFresh({ askedMs }: Ahead): boolean {
  return performance.now() - askedMs < freshMs;
}

function nameOf({ run, episode }: EpisodePlace): string {
  return `${run}/${episode}`;
}

function askSummary(place: EpisodePlace): Promise<EpisodeAnswer> {
  return answerOf(episodes.$get({ param: place }));
}

function askTimeline(place: EpisodePlace): Promise<TimelineAnswer> {
  const query = { from: "0", points: String(timelinePoints) };
  return answerOf(episodes.timeline.$get({ param: place, query }));
}
