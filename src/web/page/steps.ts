/**
 * The step that one looks at. While one scrubs, steps are wanted faster than they can be loaded: one is loaded at a time, each is shown when it
 * is there, and the next to be loaded is the one that is wanted then.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Refused } from "./client.ts";
import { type EpisodePlace, loadStep, type ShownStep } from "./held-steps.ts";

export type { EpisodePlace, ShownStep } from "./held-steps.ts";

/** A jump may be one of many: what is next to it is loaded when one stays. */
const restMs = 200;

/** The step, or one on the way to it until it is there; those next to it are loaded too. */
export function useStep(place: EpisodePlace, step: number, lastStep: number) {
  const [view, setView] = useState<ShownStep>();
  const [fault, setFault] = useState<Refused>();
  const name = `${place.run}/${place.episode}`;
  const seeking = useRef({ name, wanted: step, loading: false });
  useEffect(() => {
    const seek = { name, wanted: step, loading: false };
    seeking.current = seek;
    return () => {
      // What still comes is of another episode, or nobody looks any more.
      seek.wanted = -1;
    };
  }, [name]);
  useEffect(() => {
    const seek = seeking.current;
    const far = Math.abs(seek.wanted - step) > 1;
    seek.wanted = step;
    // A step under way is not what it was once there are more.
    load(seek).catch(() => undefined);
    const timer = setTimeout(prefetch, far ? restMs : 0);
    return () => clearTimeout(timer);

    async function load(seek: { wanted: number; loading: boolean }): Promise<void> {
      if (seek.loading) return;
      seek.loading = true;
      for (let loaded = -1; loaded !== seek.wanted && seek.wanted >= 0; ) {
        loaded = seek.wanted;
        try {
          const found = await loadStep(place, loaded);
          if (seek.wanted < 0) break;
          setView(found);
          setFault(undefined);
        } catch (refused) {
          if (loaded === seek.wanted) setFault(refused as Refused);
        }
      }
      seek.loading = false;
    }

    function prefetch(): void {
      for (const next of [step + 1, step - 1]) {
        if (next >= 0 && next <= lastStep) loadStep(place, next).catch(() => undefined);
      }
    }
  }, [name, step, lastStep]);
  return { view, fault };
}
