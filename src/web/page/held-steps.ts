/** Steps that were loaded, so that going back and forth asks nothing twice: the last ones, up to so many bytes. */
import type { InferResponseType } from "hono/client";
import { answerOf, api } from "./client.ts";

export interface EpisodePlace {
  run: string;
  episode: string;
}

const ask = api.runs[":run"].episodes[":episode"].steps[":step"];
export type ShownStep = InferResponseType<typeof ask.$get, 200>;

/** A step that was asked for. */
export interface Held {
  loading: Promise<ShownStep>;
  /** Of the answer; 0 until it is there. */
  bytes: number;
}

const held = new Map<string, Held>();
const mostSteps = 200;
const mostBytes = 32_000_000;

/** `version`: of a step that more may still come to; another one is asked for anew. */
export function loadStep(place: EpisodePlace, step: number, version = ""): Promise<ShownStep> {
  const known = held.get(keyOf(place, step, version)) ?? askForStep(place, step);
  holdStep(place, step, known, version);
  return known.loading;
}

/** Holds what was asked for; a failure is not held. */
export function holdStep(place: EpisodePlace, step: number, asked: Held, version = ""): void {
  const key = keyOf(place, step, version);
  held.delete(key);
  held.set(key, asked);
  asked.loading.catch(() => held.get(key) === asked && held.delete(key));
}

function keyOf({ run, episode }: EpisodePlace, step: number, version: string): string {
  return `${run}/${episode}/${step} ${version}`;
}

/** Asks, whatever is held. */
export function askForStep({ run, episode }: EpisodePlace, step: number): Held {
  const answer = ask.$get({ param: { run, episode, step: String(step) } });
  const asked: Held = { loading: answerOf(answer), bytes: 0 };
  answer.then(
    ({ headers }) => {
      asked.bytes = Number(headers.get("content-length") ?? 0);
      letGo();
    },
    () => undefined,
  );
  return asked;
}

/** The oldest first; the last one stays, however large. */
function letGo(): void {
  let bytes = [...held.values()].reduce((sum, one) => sum + one.bytes, 0);
  for (const [key, one] of held) {
    if (held.size <= 1 || (held.size <= mostSteps && bytes <= mostBytes)) return;
    held.delete(key);
    bytes -= one.bytes;
  }
}
