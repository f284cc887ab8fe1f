/**
 * The step that one looks at. While one scrubs, steps are wanted faster than they can be loaded: one is loaded at a time, each is shown when it
 * is there, and the next to be loaded is the one that is wanted then.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./client.ts";
import { type EpisodePlace, loadStep, type ShownStep } from "./held-steps.ts";
import { comebacks } from "./server.ts";

export type { EpisodePlace, ShownStep } from "./held-steps.ts";

/** A jump may be one of many: what is next to it is loaded when one stays. */
const restMs = 200;

interface Seeking {
  wanted: number;
  /** Of the steps that more may still come to. */
  version: string;
  loading: boolean;
}

/**
 * The step, or one on the way to it until it is there; those next to it are loaded too. `version`: another text whenever something came to the last
 * step of an episode under way, which is then loaded again.
 */
export function useStep(place: EpisodePlace, step: number, lastStep: number, version = "") {
  const [view, setView] = useState<ShownStep>();
  const [fault, setFault] = useState<Refused>();
  const name = `${place.run}/${place.episode}`;
  const seeking = useRef<Seeking>({ wanted: step, version, loading: false });
  useEffect(() => {
    const seek = { wanted: step, version, loading: false };
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
    seek.version = versionOf(step);
    load(seek).catch(() => undefined);
    const timer = setTimeout(prefetch, far ? restMs : 0);
    return () => clearTimeout(timer);

    async function load(seek: Seeking): Promise<void> {
      if (seek.loading) return;
      seek.loading = true;
      for (let loaded = ""; loaded !== keyOf(seek) && seek.wanted >= 0; ) {
        loaded = keyOf(seek);
        try {
          const found = await loadStep(place, seek.wanted, seek.version);
          if (seek.wanted < 0) break;
          setView(found);
          setFault(undefined);
        } catch (refused) {
          // That the server is away is said once for the whole page.
          const away = refused instanceof Refused && refused.code === "unreachable";
          if (loaded === keyOf(seek) && !away) setFault(refused as Refused);
        }
      }
      seek.loading = false;
    }

    /** What came before the last step does not change any more. */
    function versionOf(one: number): string {
      return one >= lastStep ? version : "";
    }

    function prefetch(): void {
      for (const next of [step + 1, step - 1]) {
        if (next >= 0 && next <= lastStep) loadStep(place, next, versionOf(next)).catch(() => undefined);
      }
    }
  }, [name, step, lastStep, step >= lastStep ? version : "", comebacks.value]);
  return { view, fault };
}

function keyOf({ wanted, version }: Seeking): string {
  return `${wanted} ${version}`;
}
