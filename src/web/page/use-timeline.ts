/** The time line of a span of steps. Of an episode under way only the end is asked for as it grows. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { timelinePoints } from "../episode-address.ts";
import { timelineAhead } from "./ahead.ts";
import { answerOf, api } from "./client.ts";
import { joinWindows } from "./parts/join-windows.ts";
import type { TimelineAnswer } from "./parts/lanes.ts";
import { comebacks } from "./server.ts";
import type { EpisodePlace } from "./steps.ts";

const ask = api.runs[":run"].episodes[":episode"].timeline;

/** Of a whole answer; with its growing end it may have twice as many, then it is asked for anew. */
const points = timelinePoints;

/** Between the first answer that is not whole and the next question. */
const firstPauseMs = 150;

interface Drawn {
  name: string;
  from: number;
  to: number;
  answer: TimelineAnswer;
}

/** `grown`: another text whenever the episode has grown. */
export function useTimeline(
  place: EpisodePlace,
  { from, to }: { from: number; to: number },
  grown: string,
): TimelineAnswer | undefined {
  const [answer, setAnswer] = useState<TimelineAnswer>();
  const drawn = useRef<Drawn | undefined>(undefined);
  const name = `${place.run}/${place.episode}`;
  useLayoutEffect(() => {
    const asking = new AbortController();
    let pauseMs = firstPauseMs;
    const look = async () => {
      for (;;) {
        if (asking.signal.aborted) return;
        const found = await next(place, name, { from, to }, drawn.current, asking.signal);
        if (found === undefined || asking.signal.aborted) return;
        drawn.current = found;
        setAnswer(found.answer);
        if (found.answer.known === found.answer.segments) return;
        // What is there is painted first: on a small machine the server takes the time for it otherwise.
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = 0;
      }
    };
    // What was not answered is asked for again when the server is there, or the episode has grown.
    look().catch(() => undefined);
    return () => asking.abort();
  }, [name, from, to, grown, comebacks.value]);
  return answer;
}

/** The whole span, or what came to it since; `undefined` if nothing can have. */
async function next(
  place: EpisodePlace,
  name: string,
  { from, to }: { from: number; to: number },
  drawn: Drawn | undefined,
  signal: AbortSignal,
): Promise<Drawn | undefined> {
  const before = drawn?.name === name && drawn.from === from && to >= drawn.to ? drawn.answer : undefined;
  if (before === undefined || before.known < before.segments) {
    const early = before === undefined ? await askedAhead(place, { from, to }) : undefined;
    return { name, from, to, answer: early ?? (await fetched(place, { from, to }, signal)) };
  }
  const { window } = before;
  // It ends before the episode does, or nothing more can come.
  if (to === drawn?.to && (window.toStep <= before.steps || before.ended)) return undefined;
  const every = window.stepsPerPoint;
  if ((to - from) / every > 2 * points) return { name, from, to, answer: await fetched(place, { from, to }, signal) };
  const last = from + (window.points - 1) * every;
  const rest = await fetched(place, { from: last, to, every }, signal);
  if (rest.known < rest.segments || rest.window.fromStep !== last) {
    return { name, from, to, answer: await fetched(place, { from, to }, signal) };
  }
  return { name, from, to, answer: { ...rest, window: joinWindows(window, rest.window) } };
}

/** What was asked for before the view was there, if it is the same; more may have come to an episode under way since. */
async function askedAhead(
  place: EpisodePlace,
  { from, to }: { from: number; to: number },
): Promise<TimelineAnswer | undefined> {
  const early = await timelineAhead(place)?.catch(() => undefined);
  return early?.ended && early.window.fromStep === from && early.window.toStep === to ? early : undefined;
}

function fetched(
  place: EpisodePlace,
  { from, to, every }: { from: number; to: number; every?: number },
  signal: AbortSignal,
): Promise<TimelineAnswer> {
  const query = {
    from: String(from),
    to: String(to),
    points: String(points),
    ...(every === undefined ? {} : { every: String(every) }),
  };
  return answerOf(ask.$get({ param: place, query } as Parameters<typeof ask.$get>[0], { init: { signal } }));
}
