/** Steps as the page holds them: the last ones that were looked at, and those around. What was asked for and is not wanted any more is not shown. */
import type { InferResponseType } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { answerOf, api, type Refused } from "./client.ts";

export interface EpisodePlace {
  run: string;
  episode: string;
}

const ask = api.runs[":run"].episodes[":episode"].steps[":step"];
export type ShownStep = InferResponseType<typeof ask.$get, 200>;

const held = new Map<string, Promise<ShownStep>>();
const mostHeld = 200;

export function loadStep({ run, episode }: EpisodePlace, step: number): Promise<ShownStep> {
  const key = `${run}/${episode}/${step}`;
  const loading = held.get(key) ?? answerOf(ask.$get({ param: { run, episode, step: String(step) } }));
  held.delete(key);
  held.set(key, loading);
  loading.catch(() => held.delete(key));
  const [oldest] = held.keys();
  if (held.size > mostHeld && oldest !== undefined) held.delete(oldest);
  return loading;
}

/** The step, or the one before it until it is there; those next to it are fetched too. */
export function useStep(place: EpisodePlace, step: number, lastStep: number) {
  const [view, setView] = useState<ShownStep>();
  const [fault, setFault] = useState<Refused>();
  useEffect(() => {
    let wanted = true;
    loadStep(place, step).then(
      (loaded) => {
        if (!wanted) return;
        setView(loaded);
        setFault(undefined);
        for (const next of [step + 1, step - 1]) {
          if (next >= 0 && next <= lastStep) loadStep(place, next).catch(() => undefined);
        }
      },
      (refused: Refused) => wanted && setFault(refused),
    );
    return () => {
      wanted = false;
    };
  }, [place.run, place.episode, step, lastStep]);
  return { view, fault };
}
